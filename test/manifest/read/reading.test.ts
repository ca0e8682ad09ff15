import { describe, expect, test } from 'vitest';
import {
  canary,
  decide,
  eventsOf,
  partner,
  reasonsOf,
  type Data,
  type Sent,
} from '../../support/manifest.ts';

const status = { from: 'line.status or order.status or status', approved: 'ok', ignored: 'ping' };
const lines = {
  each: { order: 'data.orders', line: 'order.lines' },
  fields: {
    conversionId: 'order.id',
    lineId: 'line.id',
    status,
    clickId: 'click',
    orderId: 'header.x-batch',
  },
};
const orders = {
  each: { order: 'data.orders' },
  fields: { conversionId: 'order.id', status, commission: 'order.pay USD' },
};
const list = (...items: unknown[]) => ({ data: { orders: items } });
const why = (changes: Data, sent: Sent) =>
  reasonsOf(decide(partner(changes), sent)).map((reason) => `${reason.field}: ${reason.why}`);

describe('a request with items is one conversion per item', () => {
  test('one level', () => {
    const sent = { json: list({ id: 1, status: 'ok', pay: '1.10' }, { id: 2, status: 'ok', pay: '2' }) };
    expect(eventsOf(decide(partner(orders), sent))).toMatchObject([
      { conversionId: '1', key: 'acme//1/', commission: { amount: '1.1', currency: 'USD' } },
      { conversionId: '2', key: 'acme//2/', commission: { amount: '2', currency: 'USD' } },
    ]);
  });

  test('two levels, in the order sent; what is outside belongs to each', () => {
    const json = {
      ...list(
        { id: 'A', status: 'ok', lines: [{ id: 1 }, { id: 2 }] },
        { id: 'B', lines: [{ id: 1, status: 'ok' }] },
      ),
      click: 'c1',
    };
    const events = eventsOf(decide(partner(lines), { json, headers: { 'x-batch': 'b7' } }));
    expect(events.map(({ key }) => key)).toEqual(['acme//A/1', 'acme//A/2', 'acme//B/1']);
    for (const event of events)
      expect(event).toMatchObject({ clickId: 'c1', orderId: 'b7', status: 'approved' });
  });

  test('a document that is a list', () => {
    const body = { each: { order: 'body' }, fields: { conversionId: 'order.id', status } };
    const json = [{ id: '1', status: 'ok' }, { id: '2', status: 'ok' }]; // prettier-ignore
    expect(eventsOf(decide(partner(body), { json })).map(({ conversionId }) => conversionId)).toEqual([
      '1',
      '2',
    ]);
  });

  test('items that are plain values', () => {
    const plain = { each: { id: 'ids' }, fields: { conversionId: 'id', status } };
    const decision = decide(partner(plain), { json: '{"ids":["a",9223372036854775807],"status":"ok"}' });
    expect(eventsOf(decision).map(({ conversionId }) => conversionId)).toEqual(['a', '9223372036854775807']);
  });

  test('the first carries the request, the others say which one does', () => {
    const sent = { json: list(...['1', '2', '3'].map((id) => ({ id, status: 'ok', pay: 1 }))) };
    const [first, ...others] = eventsOf(decide(partner(orders), sent));
    expect(first).toMatchObject({ raw: { method: 'POST', body: JSON.stringify(sent.json) } });
    expect(first).not.toHaveProperty('rawIn');
    for (const other of others) {
      expect(other.rawIn).toBe(first!.id);
      expect(other).not.toHaveProperty('raw');
    }
  });

  test('equal items are one', () => {
    const item = { id: 1, status: 'ok', pay: '1' };
    expect(
      eventsOf(decide(partner(orders), { json: list(item, { ...item, pay: '1.0' }, item) })),
    ).toHaveLength(1);
  });

  test('500 are read', () => {
    const items = Array.from({ length: 500 }, (_, id) => ({ id, status: 'ok', pay: 1 }));
    expect(eventsOf(decide(partner(orders), { json: list(...items) }))).toHaveLength(500);
  });
});

describe('a request is read whole or not at all', () => {
  test('one unreadable item quarantines all, with a reason per field and item', () => {
    const json = list(
      { id: 1, status: 'ok', pay: '1' },
      { id: '', status: 'odd', pay: '1' },
      { id: 3, status: 'ok', pay: '1,5' },
    );
    expect(why(orders, { json })).toEqual([
      '1.status: is a word this manifest does not know',
      '1.conversionId: came empty',
      '2.commission: is not a decimal number',
    ]);
  });

  test('an item that lacks its status is not passed over', () => {
    const json = list({ id: 1, status: 'ok', pay: '1' }, { id: 2, pay: '1' });
    expect(why(orders, { json })).toEqual(['1.status: was not sent']);
  });

  test.each<[string, unknown, string]>([
    ['no list', { data: {} }, 'each.order: data.orders is not a list with items'],
    ['an empty list', list(), 'each.order: data.orders is not a list with items'],
    ['null', { data: { orders: null } }, 'each.order: data.orders is not a list with items'],
    [
      'one item without its list',
      { data: { orders: { id: 1 } } },
      'each.order: data.orders is not a list with items',
    ],
    ['a text', { data: { orders: 'none' } }, 'each.order: data.orders is not a list with items'],
    ['an empty document', {}, 'each.order: data.orders is not a list with items'],
    [
      'one inner list that is empty',
      list({ id: 1, lines: [{ id: 1, status: 'ok' }] }, { id: 2, lines: [] }),
      'each.line: order.lines is not a list with items',
    ],
    [
      'one inner list that is missing',
      list({ id: 1, lines: [{ id: 1, status: 'ok' }] }, { id: 2 }),
      'each.line: order.lines is not a list with items',
    ],
    ['an item that is null', list(null), 'each.line: order.lines is not a list with items'],
  ])('%s quarantines: a sale may have been in it', (_, json, reason) => {
    expect(why(lines, { json })).toEqual([reason]);
  });

  test('a form has no items', () => {
    expect(why(lines, { form: 'data.orders=1' })).toEqual([
      'each.order: data.orders is not a list with items',
    ]);
  });

  test('more than 500 items are too many', () => {
    const items = Array.from({ length: 501 }, (_, id) => ({ id, status: 'ok', pay: 1 }));
    expect(why(orders, { json: list(...items) })).toEqual(['each: has more than 500 items']);
  });

  test('of very many reasons 50 are told', () => {
    expect(why(orders, { json: list(...Array.from({ length: 100 }, () => ({}))) })).toHaveLength(50);
  });
});

describe('items that are ignored', () => {
  test('are left out', () => {
    const json = list({ id: 1, status: 'ping' }, { id: 2, status: 'ok', pay: 1 });
    expect(eventsOf(decide(partner(orders), { json })).map(({ conversionId }) => conversionId)).toEqual([
      '2',
    ]);
  });

  test('alone make a probe', () => {
    expect(decide(partner(orders), { json: list({ status: 'ping' }, { status: 'ping' }) })).toEqual({
      is: 'probe',
      why: '"ping" is no conversion',
    });
  });

  test('a ping whose status stands beside the items needs none', () => {
    const beside = {
      each: { order: 'orders' },
      fields: { conversionId: 'order.id', status: { ...status, from: 'event' } },
    };
    expect(decide(partner(beside), { json: { event: 'ping' } })).toMatchObject({ is: 'probe' });
    expect(why(beside, { json: { event: 'ok' } })).toEqual(['each.order: orders is not a list with items']);
    expect(why(beside, { json: { event: 'odd', orders: [{ id: 1 }] } })).toEqual([
      '0.status: is a word this manifest does not know',
    ]);
  });

  test('beside an unreadable one do not hide it', () => {
    expect(why(orders, { json: list({ status: 'ping' }, { id: 1, status: 'ok' }) })).toEqual([
      '1.commission: was not sent',
    ]);
  });
});

describe('variants', () => {
  const variants = {
    fields: { publisherRef: 'common', clickId: 'c' },
    variants: [
      { fields: { clickId: 'other' } },
      { when: 'aff_sub', fields: { clickId: 'aff_sub' } },
      { when: 'sub_id or subid', fields: { clickId: 'sub_id' } },
    ],
  };
  const read = (query: string) =>
    eventsOf(decide(partner(variants), { query: `id=1&status=ok&${query}` }))[0];

  test.each([
    ['the parameter of one is sent', 'aff_sub=a&sub_id=b&other=o', 'a'],
    ['of two the first', 'sub_id=b&aff_sub=a', 'a'],
    ['any parameter of its list', 'subid=x&sub_id=b', 'b'],
    ['sent empty is sent', 'aff_sub=&other=o', undefined],
    ['sent as an unfilled macro is sent', 'aff_sub=%7Baff_sub%7D&other=o', undefined],
    ['no other applies: the one without `when`, wherever it stands', 'other=o', 'o'],
  ])('%s', (_, query, clickId) => {
    expect(read(query)?.clickId).toBe(clickId);
  });

  test('have the common fields beside their own', () => {
    expect(read('aff_sub=a&common=MKK&c=no')).toMatchObject({ publisherRef: 'MKK', clickId: 'a' });
  });

  test('may each have items of their own, or the common ones', () => {
    const manifest = {
      each: { order: 'orders' },
      fields: { conversionId: 'order.id', status: { from: 'status', approved: 'ok' } },
      variants: [
        { when: 'lines', each: { order: 'lines' }, fields: {} },
        { when: 'orders', fields: {} },
      ],
    };
    const ids = (json: unknown) =>
      eventsOf(decide(partner(manifest), { json })).map(({ conversionId }) => conversionId);
    expect(ids({ status: 'ok', orders: [{ id: 'o' }] })).toEqual(['o']);
    expect(ids({ status: 'ok', lines: [{ id: 'l' }] })).toEqual(['l']);
  });

  test('none that applies is a reason', () => {
    const strict = { variants: variants.variants.slice(1) };
    expect(why(strict, { query: 'id=1&status=ok' })).toEqual(['request: fits no variant of the manifest']);
  });

  test('a parameter in the query does not choose the variant of a body', () => {
    const strict = { variants: variants.variants.slice(1) };
    expect(why(strict, { query: 'aff_sub=1', form: 'id=1&status=ok' })).toEqual([
      'request: fits no variant of the manifest',
    ]);
  });
});

describe('a request that carries nothing is a probe', () => {
  const token = { verify: { secret: 'postback-token', at: 'token or query.auth' } };

  test.each<[string, Data, Sent]>([
    ['nothing at all', {}, {}],
    ['an empty body', {}, { method: 'POST', body: '', headers: { 'content-type': 'application/json' } }],
    ['its token alone', token, { query: `token=${canary}` }],
    ['its token by its other name', token, { query: `auth=${canary}` }],
    ['its token and nothing after it', token, { query: `token=${canary}&` }],
  ])('%s', (_, changes, sent) => {
    expect(decide(partner(changes), sent)).toEqual({ is: 'probe', why: 'it carries no parameter' });
  });

  test.each<[string, Data, Sent]>([
    ['an empty parameter', {}, { query: 'id=' }],
    ['a parameter nobody knows', {}, { query: 'x=1' }],
    ['an empty document', {}, { json: {} }],
    ['a parameter beside its token', token, { query: `token=${canary}&id` }],
  ])('but not with %s', (_, changes, sent) => {
    expect(decide(partner(changes), sent)).toMatchObject({ is: 'quarantined', record: { verified: true } });
  });
});

describe('an unreadable body of an authentic request is quarantined whole', () => {
  test.each<[string, Sent]>([
    ['JSON that ends early', { json: '{"id":' }],
    ['HTML', { body: '<html>', headers: { 'content-type': 'text/html' } }],
    ['multipart', { body: '--x', headers: { 'content-type': 'multipart/form-data; boundary=x' } }],
    ['bad UTF-8', { body: Uint8Array.of(0x69, 0x64, 0x3d, 0xff) }],
    ['60,000 brackets', { json: '['.repeat(60_000) }],
    ['10,000 parameters', { form: Array.from({ length: 10_000 }, (_, i) => `p${i}=1`).join('&') }],
    ['a key with two values', { json: '{"id":"1","id":"2","status":"ok"}' }],
  ])('%s', (_, sent) => {
    const decision = decide(partner(), sent);
    expect(decision).toMatchObject({
      is: 'quarantined',
      record: { verified: true, reasons: [{ field: 'request' }] },
    });
  });
});
