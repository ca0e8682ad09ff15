import { describe, expect, test } from 'vitest';
import { eventOf, problemsOf, whyNot } from '../../support/manifest.ts';

const get = (query: string) => ({ query: `id=1&status=ok&${query}` });
const commission = (as: string, currency: string) => ({ commission: { from: `pay ${currency}`, as } });

describe('money that is written otherwise', () => {
  test.each([
    ['cents', 'USD', 'pay=1250', '12.5', 'USD'],
    ['cents', 'JPY', 'pay=1250', '1250', 'JPY'],
    ['cents', 'BHD', 'pay=1250', '1.25', 'BHD'],
    ['cents', 'cur', 'pay=1250&cur=kwd', '1.25', 'KWD'],
    ['thousandths', 'USD', 'pay=1250', '1.25', 'USD'],
    ['local', 'IDR', 'pay=Rp9.900', '9900', 'IDR'],
    ['local', 'EUR', 'pay=1.234,56+%E2%82%AC', '1234.56', 'EUR'],
    ['local', 'USD', 'pay=%241,234.56', '1234.56', 'USD'],
  ])('%s %s: %s is %s %s', (as, currency, query, amount, code) => {
    expect(eventOf(commission(as, currency), get(query)).commission).toEqual({ amount, currency: code });
  });

  test.each([
    ['cents', 'USD', 'pay=12.50', 'is not a whole number of the smallest unit', '12.50'],
    ['thousandths', 'USD', 'pay=1e3', 'is not a whole number of the smallest unit', '1e3'],
    ['local', 'USD', 'pay=1.234', 'may be thousands or decimals', '1.234'],
    ['local', 'USD', 'pay=Rp5', 'bears a mark that its currency does not have', 'Rp5'],
    ['cents', 'cur', 'pay=5&cur=POINTS', 'comes in what is not an ISO 4217 currency', 'POINTS'],
    ['cents', 'USD', 'pay=-5', 'is negative', '-5'],
  ])('%s %s: %s is not guessed', (as, currency, query, why, value) => {
    expect(whyNot(commission(as, currency), get(query))).toEqual([{ field: 'commission', why, value }]);
  });

  test('numbers of JSON are read from the text that was sent', () => {
    const json = '{"id":1,"status":"ok","pay":123456789012345678901}';
    expect(eventOf(commission('cents', 'USD'), { json }).commission?.amount).toBe('1234567890123456789.01');
    const float = '{"id":1,"status":"ok","pay":1250.0}';
    expect(whyNot(commission('cents', 'USD'), { json: float })).toHaveLength(1);
  });

  test.each(['dollars', 'micros', 'dd/MM/yyyy'])('as %s does not load', (as) => {
    expect(problemsOf({ fields: commission(as, 'USD') })).toEqual([
      `fields.commission | commission: as "${as}": money is written as cents, thousandths, local`,
    ]);
  });

  test('a default is written so, too', () => {
    const fields = { commission: { from: 'pay USD', as: 'cents', default: '50' } };
    expect(eventOf(fields, get('')).commission).toEqual({ amount: '0.5', currency: 'USD' });
    expect(problemsOf({ fields: { commission: { ...fields.commission, default: '0.50' } } })).toHaveLength(1);
  });
});

describe('a time in two parameters', () => {
  const sold = { occurredAt: 'transaction_date transaction_time Europe/Berlin' };

  test('is joined, and read where its clocks are', () => {
    const { occurredAt } = eventOf(sold, get('transaction_date=2026-07-01&transaction_time=12:30:15'));
    expect(occurredAt).toBe('2026-07-01T10:30:15.000Z');
  });

  test.each([
    ['2026-03-29', '02:30:00', 'does not exist in Europe/Berlin: clocks skip it'],
    ['2026-10-25', '02:30:00', 'occurs twice in Europe/Berlin: clocks are set back'],
  ])('%s %s %s', (date, time, why) => {
    const [reason] = whyNot(sold, get(`transaction_date=${date}&transaction_time=${time}`));
    expect(reason).toMatchObject({ field: 'occurredAt', why });
  });

  test('of which one is missing is missing', () => {
    expect(whyNot(sold, get('transaction_date=2026-07-01'))[0]).toMatchObject({ why: 'was not sent' });
  });
});

describe('joined sub ids', () => {
  const subIds = (query: string) => eventOf({ subIds: { from: 'sub', split: '-' } }, get(query)).subIds;

  test.each([
    ['sub=111-WA-ABC', ['111', 'WA', 'ABC']],
    ['sub=111--ABC', ['111', '', 'ABC']],
    ['sub=111', ['111']],
    ['sub=111--', ['111']],
    ['sub=111-%7Bsub2%7D-x', ['111', '', 'x']],
    ['sub=', []],
    ['x=1', []],
  ])('%s', (query, expected) => {
    expect(subIds(query)).toEqual(expected);
  });

  test.each([
    ['first', 'OEM2'],
    ['2', 'VIVO'],
    ['last', 'PUSH'],
    ['9', undefined],
  ])('of which the publisher is the %s', (take, expected) => {
    const fields = { publisherRef: { from: 'sub', split: '_', take } };
    expect(eventOf(fields, get('sub=OEM2_VIVO_PUSH')).publisherRef).toBe(expected);
  });

  test('a piece that must come and does not is told', () => {
    const fields = { lineId: { from: 'sub', split: '-', take: '2' } };
    expect(whyNot(fields, get('sub=a'))).toEqual([{ field: 'lineId', why: 'came empty' }]);
    expect(whyNot(fields, get('sub=a-%7Bx%7D'))[0]?.why).toBe('is a macro that was not filled in');
  });

  test('a text that comes twice is not split', () => {
    expect(whyNot({ subIds: { from: 'sub', split: '-' } }, get('sub=a-b&sub=c-d'))[0]?.field).toBe('subIds');
  });

  test.each([
    [{ publisherRef: { from: 'sub', split: '-' } }, /say with "take" which one/],
    [{ publisherRef: { from: 'sub', split: '-', take: '0' } }, /first, last, or a number from 1 to 9/],
    [{ subIds: { from: 'sub' } }, /split/],
    [{ subIds: { from: 'a or', split: '-' } }, /a place is missing/],
  ])('%o does not load', (fields, message) => {
    expect(problemsOf({ fields })).toEqual([expect.stringMatching(message)]);
  });
});

describe('a list in JSON', () => {
  const json = (codes: unknown) => ({ json: { id: 1, status: 'ok', codes } });

  test('of texts is all sub ids, in its order', () => {
    const fields = { subIds: 'codes' };
    expect(eventOf(fields, json(['a', null, 'c', '{x}'])).subIds).toEqual(['a', '', 'c']);
    expect(eventOf(fields, json([])).subIds).toEqual([]);
    expect(eventOf(fields, json('a')).subIds).toEqual(['a']);
    expect(whyNot(fields, json([{}]))[0]).toMatchObject({ field: 'subIds' });
    expect(whyNot(fields, json(['a', 'x\u0000']))[0]).toMatchObject({
      why: 'holds a NUL or half a character',
    });
  });

  test('is no single value, unless the manifest says which one', () => {
    expect(whyNot({ clickId: 'codes' }, json(['a']))[0]?.why).toBe(
      'codes is a structure, not a single value',
    );
    expect(eventOf({ clickId: { from: 'codes', take: 'first' } }, json(['a', 'b'])).clickId).toBe('a');
    expect(eventOf({ clickId: { from: 'codes', take: '2' } }, json(['a', 'b'])).clickId).toBe('b');
    expect(eventOf({ clickId: 'codes.1' }, json(['a', 'b'])).clickId).toBe('b');
    expect(eventOf({ clickId: { from: 'codes', take: '3' } }, json(['a', 'b']))).not.toHaveProperty(
      'clickId',
    );
    expect(whyNot({ clickId: { from: 'codes', take: '1' } }, json([{}]))).toHaveLength(1);
  });
});

describe('a key of theirs that is called like a root of ours', () => {
  const sent = {
    json: { query: { id: 'q' }, header: 'h', body: { x: 'b' }, status: 'ok' },
    query: 'id=other',
  };
  const fields = { conversionId: 'body.query.id', orderId: 'body.header', clickId: 'body.body.x' };

  test('is found below `body`', () => {
    expect(eventOf(fields, sent)).toMatchObject({ conversionId: 'q', orderId: 'h', clickId: 'b' });
  });

  test('and nowhere else: neither in the query nor in a body that is not there', () => {
    expect(whyNot({ conversionId: 'body.id' }, { query: 'id=1&status=ok' })[0]?.why).toBe('was not sent');
    expect(eventOf({ conversionId: 'query.id' }, sent).conversionId).toBe('other');
    expect(eventOf({ orderId: 'body.o' }, { form: 'id=1&status=ok&o=2', query: 'o=3' }).orderId).toBe('2');
  });

  test.each(['query.lines', 'header.lines', 'path', 'query'])('a list at %s does not load', (list) => {
    const changes = { each: { line: list }, fields: { lineId: 'line.id' } };
    expect(problemsOf(changes)).toEqual([
      `each.line | each: "${list}" would not be looked for in the body: write "body.${list}"`,
    ]);
  });
});
