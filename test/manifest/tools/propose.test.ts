import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compile } from '../../../services/manifest/compile.ts';
import { exampleRequest } from '../../../services/manifest/example.ts';
import { readCaptured } from '../../../services/manifest/tools/captured.ts';
import { propose, type Proposal } from '../../../services/manifest/tools/propose.ts';
import { exampleText } from '../../../services/manifest/tools/write.ts';

const learn = (captured: string, known = {}): Proposal =>
  propose(readCaptured(captured).request, { id: 'nova', name: 'Nova', ...known });
const url = (query: string) => `https://x.com/postback?${query}`;
const outcomes = ({ examples }: Proposal) => examples.map(({ example }) => example.expect.outcome);

/** What each example becomes, decided anew. */
function decisions({ manifest, examples }: Proposal): string[] {
  const partner = compile(manifest);
  const secretOf = (name: string) => `example-${name}`;
  return examples
    .filter(({ example }) => example.request.same === undefined)
    .map(({ name, example }) => {
      const now = new Date(example.now ?? '2026-11-24T00:00:00Z');
      const request = exampleRequest({ ...example, name, file: '' }, partner, secretOf);
      return partner.decide(request, (secret) => [secretOf(secret)], now).is;
    });
}

describe('nothing to learn from', () => {
  it.each([
    ['https://x.com/postback', 'it brings no parameter and no body'],
    [url('a=b&c='), 'nothing in it looks like the id of a sale'],
    ['curl http://x/ --json \'{"a":\'', 'the body is not JSON'],
    ["curl http://x/ -H 'content-type: text/xml' -d '<a/>'", 'the body is neither a form nor JSON'],
  ])('%s: %s', (captured, why) => {
    expect(() => learn(captured)).toThrow(why);
  });

  it.each([
    [{ id: 'Nova' }, 'an id is 2 to 19 of'],
    [{ id: 'console' }, 'is a word of our own'],
    [{ zone: 'Mars/Base' }, '"Mars/Base" is no time zone'],
    [{ currency: 'XYZ' }, '"XYZ" is no currency'],
  ])('%j: %s', (known, why) => {
    expect(() => learn(url('transaction_id=T1&payout=1&date=2026-11-20'), known)).toThrow(why);
  });
});

describe('recognised by name and shape', () => {
  it('ids, amounts with the currency in their name or beside, times, sub ids, a status, a token', () => {
    const proposal = learn(url('transaction_id=TX-991&usd_payout=2.50&payout_local=40000&currency=IDR&sale_amount=12.5&datetime=2026-11-20+21:15:03&aff_sub=MKK&aff_sub2=ls_7&status=Approved&token=s3cret&click_id=c1')); // prettier-ignore
    const { manifest, text, examples } = proposal;
    expect(manifest.fields).toEqual({
      conversionId: 'transaction_id',
      clickId: 'click_id',
      commission: 'usd_payout USD',
      localCommission: 'payout_local currency',
      saleAmount: 'sale_amount currency',
      occurredAt: 'datetime UTC',
      publisherRef: 'aff_sub',
      subIds: ['aff_sub', 'aff_sub2'],
      status: { from: 'status', pending: 'pending', approved: 'Approved', rejected: 'rejected' },
    });
    expect(manifest).toMatchObject({ path: '/nova/postback', stage: 'test', verify: { secret: 'postback-token', at: 'token' } }); // prettier-ignore
    expect(outcomes(proposal)).toEqual(['kept', 'repeat', 'kept', 'quarantined', 'refused']);
    expect(text + examples.map(exampleText).join()).not.toContain('s3cret');
    expect(manifest.assumed).toContain('occurredAt: datetime names no zone, so it is read as UTC');
  });

  it.each([
    ['camelCase', 'transactionId=T1&saleAmount=5&currency=EUR', { conversionId: 'transactionId', saleAmount: 'saleAmount currency' }],
    ['an order alone is the sale', 'order_id=88&status=ok', { conversionId: 'order_id' }],
    ['the sale and its order', 'conversion_id=1&order_id=88', { conversionId: 'conversion_id', orderId: 'order_id' }],
    ['a locale', 'tid=1&transaction_id=2&payout=1.234,56+€&currency=EUR', { commission: { from: 'payout currency', as: 'local' } }],
    ['a day first', 'conversion_id=1&date=17/11/2026+10:00', { occurredAt: { from: 'date UTC', as: 'dd/MM/yyyy HH:mm' } }],
    ['Unix seconds', 'conversion_id=1&timestamp=1795512600', { occurredAt: 'timestamp' }],
    ['macros that nobody filled in', 'a={transaction_id}&b={payout}&c={currency}', { conversionId: 'a', commission: 'b c' }],
    ['a test mark', 'conversion_id=1&test=0', { test: { from: 'test', yes: ['1', 'true', 'yes'] } }],
    ['a code that means nothing', 'conversion_id=1&status=7', { status: { from: 'status', pending: 'pending', approved: 'approved', rejected: 'rejected' } }],
    ['no status', 'conversion_id=1', { status: { default: 'pending' } }],
    ['an event by its last part', 'conversion_id=1&event=sale.refunded', { status: { from: 'event', reversed: 'sale.refunded' } }],
    ['nothing called an id', 'foo=A-12345&status=ok', { conversionId: 'foo' }],
  ])('%s', (_, query, fields) => {
    expect(learn(url(query)).manifest.fields).toMatchObject(fields);
  }); // prettier-ignore

  it.each([
    ['data', { id: 'evt_1', createdAt: '2026-11-20T00:00:00Z', data: { id: 'cm_1', status: 'pending' } }, 'data.id'],
    ['data.object', { id: 'evt_1', type: 'sale.approved', data: { object: { id: 'ch_1' } } }, 'data.object.id'],
    ['an event beside it', { event: { id: 7 }, object: { id: 'c-1', state: 'paid' } }, 'object.id'],
    ['event_id', { event_id: 'evt_1', data: { id: 'txn_1', status: 'completed' } }, 'data.id'],
    ['no other', { id: 'c-1', data: { customer: { id: 'cus_1' } }, status: 'paid' }, 'id'],
  ])('the id of a message is not the id of the sale in it: %s', (_, json, place) => {
    expect(learn(`curl http://x/ --json '${JSON.stringify(json)}'`).manifest.fields?.conversionId).toBe(place);
  }); // prettier-ignore

  it.each([
    ['a whole number is read as it stands, and doubted', { earnings: 10000, currency: 'usd' }, 'earnings currency', true],
    ['not a small one', { earnings: 12, currency: 'usd' }, 'earnings currency', false],
    ['nor one with decimals', { earnings: 100.5, currency: 'usd' }, 'earnings currency', false],
    ['nor where there is nothing smaller', { earnings: 10000, currency: 'JPY' }, 'earnings currency', false],
    ['nor where its name says it', { earnings_cents: 10000, currency: 'usd' }, { from: 'earnings_cents currency', as: 'cents' }, false],
    ['however it says it', { commissionInMinorUnits: 10000, currency: 'usd' }, { from: 'commissionInMinorUnits currency', as: 'cents' }, false],
  ])('cents: %s', (_, money, commission, isDoubted) => {
    const { manifest } = learn(`curl http://x/ --json '${JSON.stringify({ sale_id: 'S-1', ...money })}'`);
    expect(manifest.fields?.commission).toEqual(commission);
    expect(manifest.assumed!.join().includes('as: cents')).toBe(isDoubted);
  }); // prettier-ignore

  it('an address with macros is what to paste, and its examples are made up', () => {
    const proposal = learn(url('cid={conversion_id}&uid={s1}&usd_value={payout}&cur={currency}&at={date}&n={quantity}&st={status}&pts={points}&token=s3cret')); // prettier-ignore
    expect(proposal).toMatchObject({ isMadeUp: true, manifest: { setup: { paste: ['cid={conversion_id}', 'uid={s1}', 'usd_value={payout}', 'cur={currency}', 'at={date}', 'n={quantity}', 'st={status}', 'pts={points}'] } } }); // prettier-ignore
    expect(proposal.manifest.assumed).toContain('no request has been seen yet: the values in the examples are made up'); // prettier-ignore
    expect(outcomes(proposal)).toEqual(['kept', 'repeat', 'kept', 'quarantined', 'refused']);
    expect(proposal.examples[0]!.example.expect.events).toMatchObject([{ conversionId: 'T-1001', publisherRef: 'mkk', status: 'approved', commission: { amount: '1.2', currency: 'USD' } }]); // prettier-ignore
    expect(proposal.text).not.toContain('s3cret');
    expect(learn(url('transaction_id=T1&aff_sub={aff_sub}&payout=1')).isMadeUp).toBe(false);
  });

  it('keeps an amount without a currency and says so; with --currency reads it', () => {
    const query = url('conversion_id=1&payout=2.5');
    expect(learn(query).manifest.fields).toMatchObject({ extra: ['payout'] });
    expect(learn(query).manifest.assumed!.join()).toContain('payout comes without a currency');
    expect(learn(query, { currency: 'VND' }).manifest.fields).toMatchObject({ commission: 'payout VND' });
  });

  it('takes each object of a JSON list for a conversion, and finds what is beside them', () => {
    const json = { order_id: 'A1', currency: 'EUR', event: 'sale.approved', items: [{ sku: 'x', qty: 2, amount: 5.5, commission: 1.1 }, { sku: 'y', qty: 1, amount: 3, commission: 0.3 }] }; // prettier-ignore
    const { manifest, examples } = learn(`curl http://x/ --json '${JSON.stringify(json)}'`);
    expect(manifest).toMatchObject({
      each: { item: 'items' },
      verify: { at: 'query.token' },
      fields: {
        conversionId: 'order_id',
        lineId: 'item.sku',
        quantity: 'item.qty',
        saleAmount: 'item.amount currency',
        commission: 'item.commission currency',
        status: { from: 'event', approved: 'sale.approved' },
      },
    });
    expect(examples[0]!.example.expect.events).toHaveLength(2);
  });

  it.each([
    ['an amount of the whole basket is not counted for each item', { order_id: 'A1', total: 5, currency: 'EUR', items: [{ sku: 'x' }] }, undefined, { saleAmount: 'total currency' }],
    ['nor beside amounts of items', { order_id: 'A1', total: 5, currency: 'EUR', items: [{ sku: 'x', commission: 1 }] }, { item: 'items' }, { commission: 'item.commission currency', saleAmount: undefined }],
    ['an amount with its currency in one', { order_id: 'A1', price: { value: '5', currency: 'EUR' }, commission: { amount: '1', currency: 'USD' } }, undefined, { saleAmount: 'price.value price.currency', commission: 'commission.amount commission.currency' }],
  ])('%s', (_, json, each, fields) => {
    const { manifest } = learn(`curl http://x/ --json '${JSON.stringify(json)}'`);
    expect(manifest.each).toEqual(each);
    for (const [name, value] of Object.entries(fields)) expect(manifest.fields?.[name as 'commission']).toEqual(value);
  }); // prettier-ignore

  it('opens the parameter that holds everything as JSON', () => {
    const document = encodeURIComponent('{"transaction_id":"T1","state":"declined"}');
    const proposal = learn(`curl http://x/ -d 'payload=${document}'`);
    expect(proposal.manifest).toMatchObject({ open: 'payload', fields: { conversionId: 'transaction_id', status: { rejected: 'declined' } } }); // prettier-ignore
    expect(outcomes(proposal)).toEqual(['kept', 'repeat', 'kept', 'quarantined', 'refused']);
  });
});

describe('how they prove it', () => {
  const hex = (bytes: number) => 'ab'.repeat(bytes);
  const json = `--json '{"transaction_id":"T1","status":"approved"}'`;
  it.each([
    ['Bearer', `-H 'Authorization: Bearer abc' ${json}`, { secret: 'postback-secret', at: 'header.authorization.bearer' }],
    ['Basic', `-u me:pass ${json}`, { secret: 'postback-secret', at: 'header.authorization.basic' }],
    ['a header', `-H 'X-Api-Key: abc' ${json}`, { secret: 'postback-secret', at: 'header.x-api-key' }],
    ['an HMAC', `-H 'X-Signature: ${hex(32)}' ${json}`, { at: 'header.x-signature', by: 'hmac-sha256' }],
    ['a labelled one', `-H 'X-Hub-Signature: sha1=${hex(20)}' ${json}`, { at: 'header.x-hub-signature.sha1', by: 'hmac-sha1' }],
    ['with its time', `-H 'X-Signature: t=1795512600,v1=${hex(32)}' ${json}`, { at: 'header.x-signature.v1', of: '{header.x-signature.t}.{body}', sentAt: 'header.x-signature.t' }],
    ["with its time as Paddle's", `-H 'Paddle-Signature: ts=1795512600;h1=${hex(32)}' ${json}`, { at: 'header.paddle-signature.h1', of: '{header.paddle-signature.ts}:{body}', sentAt: 'header.paddle-signature.ts' }],
    ['Standard Webhooks', `-H 'webhook-id: msg_1' -H 'webhook-timestamp: 1795512600' -H 'webhook-signature: v1,K5oZfzN95Z9UVu1EsfQmfVNQhnkZ2pj9o9NDN/H/pI4=' ${json}`, { secretIs: 'base64', at: 'header.webhook-signature.v1', of: '{header.webhook-id}.{header.webhook-timestamp}.{body}', sentAt: 'header.webhook-timestamp' }],
    ['in base64', `-H 'X-Hmac: ${Buffer.alloc(32, 7).toString('base64')}' ${json}`, { at: 'header.x-hmac', by: 'hmac-sha256' }],
    ['md5 of parameters', `-d 'transaction_id=T1&status=approved&hash=${hex(16)}'`, { at: 'hash', by: 'md5', of: '{params}{secret}' }],
    ['an HMAC of parameters', `-d 'transaction_id=T1&status=approved&sign=${hex(32)}'`, { at: 'sign', by: 'hmac-sha256', of: '{params}' }],
  ])('%s', (_, options, verify) => {
    const proposal = learn(`curl http://x/ ${options}`);
    expect(proposal.manifest.verify).toMatchObject(verify);
    expect(outcomes(proposal)).toEqual(['kept', 'repeat', 'kept', 'quarantined', 'refused']);
    expect(decisions(proposal)).toEqual(['conversions']);
  }); // prettier-ignore

  it.each([
    ['a parameter that comes twice', 'transaction_id=T1&status=approved&a=1&a=2'],
    ['nothing beside the signature', 'transaction_id='],
  ])('what cannot be written as one text is not taken for signed: %s', (_, form) => {
    const { manifest } = learn(`curl http://x/ -d '${form}&hash=${hex(16)}'`);
    expect(manifest.verify).toEqual({ secret: 'postback-token', at: 'query.token' });
  });

  it('a secret in the path is a hole, and is not told', () => {
    const { manifest, text } = learn('https://x.com/nova/9fK2mQ7xLw3RzT5vBn8c?transaction_id=T1&status=paid');
    expect(manifest).toMatchObject({ path: '/nova/{token}', verify: { at: 'path.token' } });
    expect(text).not.toContain('9fK2mQ7x');
  });
});

it('whatever parameters come: it loads, and decides the request as kept or quarantined', () => {
  const names = ['id', 'transaction_id', 'order_id', 'payout', 'usd_amount', 'currency', 'status', 'date', 'sub1', 'token', 'hash', 'event', 'qty', 'id', 'x y', 'a.b', '[c]']; // prettier-ignore
  const value = fc.oneof(fc.string(), fc.constantFrom('approved', 'USD', '1.5', '17/11/2026', '{x}', 'true', '1795512600', 'ab'.repeat(16))); // prettier-ignore
  const pairs = fc.array(fc.tuple(fc.constantFrom(...names), value), { minLength: 1, maxLength: 8 });
  fc.assert(
    fc.property(pairs, fc.boolean(), (all, asJson) => {
      const parameters = new URLSearchParams([...new Map([['id', 'T-1'], ...all])]);
      const body = asJson ? JSON.stringify(Object.fromEntries(parameters)) : '';
      const request = { method: asJson ? 'POST' : 'GET', path: '/', query: asJson ? '' : parameters.toString(), headers: {}, body: Buffer.from(body) }; // prettier-ignore
      const proposal = tryPropose(request);
      if (proposal) expect(['conversions', 'quarantined']).toContain(decisions(proposal)[0]);
    }),
    { numRuns: 300 },
  );
});

/** Only what it says for people may be thrown: there was no id among them. */
function tryPropose(request: Parameters<typeof propose>[0]): Proposal | undefined {
  try {
    return propose(request, { id: 'nova', name: 'Nova' });
  } catch (error) {
    expect(String(error)).toContain('nothing in it looks like the id of a sale');
    return undefined;
  }
}
