import { describe, expect, it } from 'vitest';
import { explain } from '../../../services/manifest/tools/explain.ts';
import { allCanary, canary, decide, now, partner, request, type Data, type Sent } from '../../support/manifest.ts'; // prettier-ignore

const explained = (manifest: Data, sent: Sent, secrets = allCanary) =>
  explain(partner(manifest), request(sent), secrets, now);

describe('verify', () => {
  const token = { secret: 'token', at: 'header.x-token' };
  it.each<[string, unknown, Sent, string[]]>([
    ['passed', token, {}, ['passed']],
    ['failed', token, { headers: { 'x-token': 'no' } }, ['failed']],
    ['not brought', { secret: 'token', at: 'token' }, {}, ['not brought']],
    ['one of two', [{ secret: 'old', at: 'token' }, token], {}, ['not brought', 'passed']],
    ['past its day', { ...token, until: '2026-11-23' }, {}, ['expired']],
    ['none', [{ secret: 'x', at: 'token' }, { none: 'they cannot', until: '2026-12-31' }], {}, ['not brought', 'unverified']],
    ['from elsewhere', { ...token, addresses: ['198.51.100.0/24'] }, { address: '203.0.113.1' }, ['failed']],
  ])('%s', (_, verify, sent, results) => {
    const { verify: steps } = explained({ verify }, { query: 'id=1&status=ok', ...sent });
    expect(steps.map(({ result }) => result)).toEqual(results);
  }); // prettier-ignore

  it('shows the text that a signature has to fit, and no secret', () => {
    const verify = { secret: 'key', at: 'sig', by: 'md5', of: '{id}:{status}:{secret}' };
    const explanation = explained({ verify }, { query: 'id=1&status=ok&sig=00' });
    expect(explanation.verify).toEqual([
      { way: 'md5 at sig, of {id}:{status}:{secret}, with the secret key', result: 'failed', why: 'brings a signature that does not fit', signed: '1:ok:***' }, // prettier-ignore
    ]);
    expect(JSON.stringify(explanation)).not.toContain(canary);
  });

  it('says where a secret has no value here', () => {
    const { verify } = explained({}, { query: 'id=1' }, () => []);
    expect(verify[0]).toMatchObject({
      result: 'failed',
      why: 'the secret postback-token has no value here yet',
    });
  });
});

describe('reading', () => {
  const fields = {
    saleAmount: 'sum currency or total currency',
    commission: { from: 'pay EUR', default: '0' },
    occurredAt: 'at UTC',
    subIds: ['s1', 's2'],
    extra: ['note'],
    test: { from: 'test', yes: '1' },
  };

  it('says of each field where it was looked for, what stood there, and what it became', () => {
    const query = 'id=1&status=ok&total=5&currency=usd&at=tomorrow&s2=b&note=n&test=1';
    const { reading } = explained({ fields }, { query });
    expect(reading).toMatchObject({ body: expect.stringContaining('no body'), count: 1 });
    expect(reading.items[0]).toEqual([
      { field: 'status', from: 'status', found: [{ place: 'status', value: 'ok' }], became: 'approved' },
      { field: 'conversionId', from: 'id', found: [{ place: 'id', value: '1' }], became: '1' },
      { field: 'saleAmount', from: 'sum currency or total currency', found: [{ place: 'sum' }, { place: 'currency', value: 'usd' }, { place: 'total', value: '5' }], became: '5 USD' },
      { field: 'commission', from: 'pay EUR', found: [{ place: 'pay' }], became: '0 EUR' },
      { field: 'occurredAt', from: 'at UTC', found: [{ place: 'at', value: 'tomorrow' }], why: 'is not a time this manifest reads' },
      { field: 'subIds.0', from: 's1', found: [{ place: 's1' }] },
      { field: 'subIds.1', from: 's2', found: [{ place: 's2', value: 'b' }], became: 'b' },
      { field: 'test', from: 'test', found: [{ place: 'test', value: '1' }], became: 'true' },
      { field: 'extra.note', from: 'note', found: [{ place: 'note', value: 'n' }], became: 'n' },
    ]); // prettier-ignore
  });

  it('masks a secret wherever it stands', () => {
    const { reading, request: shown } = explained({ fields }, { query: `id=${canary}&status=x${canary}` });
    expect(JSON.stringify([reading, shown])).not.toContain(canary);
    expect(reading.items[0]![1]).toMatchObject({ found: [{ value: '***' }], became: '***' });
  });

  it('explains the first items of many, by the variant that applies', () => {
    const manifest = { each: { line: 'lines' }, fields: { conversionId: 'line.id' }, variants: [{ when: 'old', fields: {} }, { when: 'lines', fields: { orderId: 'order' } }] }; // prettier-ignore
    const lines = Array.from({ length: 7 }, (_, i) => ({ id: i }));
    const { reading } = explained(manifest, { json: { status: 'ok', order: 'A', lines } });
    expect(reading).toMatchObject({ variant: 'lines', count: 7 });
    expect(reading.items).toHaveLength(5);
    expect(reading.items[4]).toContainEqual({ field: 'conversionId', from: 'line.id', found: [{ place: 'line.id', value: '4' }], became: '4' }); // prettier-ignore
  });

  it.each<[string, Data, Sent, string]>([
    ['a body that cannot be read', {}, { json: '{' }, 'the body is not JSON (position 1)'],
    ['no variant', { variants: [{ when: 'old', fields: {} }] }, { query: 'id=1' }, 'fits no variant'],
    ['no items', { each: { line: 'lines' } }, { json: { id: 1 } }, 'lines is not a list with items'],
    ['nothing to open', { open: 'payload' }, { query: 'id=1' }, 'payload was not sent'],
  ])('says why nothing is looked for: %s', (_, manifest, sent, why) => {
    const { reading } = explained(manifest, sent);
    expect(reading.items).toEqual([]);
    expect(reading.why).toContain(why);
  });

  it('agrees with the decision', () => {
    const sent = { query: 'id=1&status=ok&total=5&currency=usd&at=tomorrow' };
    const { reading } = explained({ fields }, sent);
    const decision = decide(partner({ fields }), sent);
    const reasons = reading.items[0]!.flatMap(({ field, why }) =>
      why === undefined ? [] : [{ field, why }],
    );
    expect(decision).toMatchObject({ is: 'quarantined', record: { reasons } });
  });
});
