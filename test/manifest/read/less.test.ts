import { describe, expect, test } from 'vitest';
import { fold } from '../../../services/contract/state.ts';
import { decide, eventOf, eventsOf, partner, problemsOf, whyNot } from '../../support/manifest.ts';

const get = (query: string) => ({ query: `id=1&status=ok&${query}` });
const commission = { from: 'pay USD', less: 'refunded' };
const read = (query: string, value: object = commission) =>
  eventOf({ commission: value }, get(query)).commission;

describe('a sum of all refunds so far', () => {
  test.each([
    ['pay=10&refunded=2.5', '7.5'],
    ['pay=10&refunded=-2.5', '7.5'],
    ['pay=10&refunded=10', '0'],
    ['pay=10&refunded=0', '10'],
    ['pay=10', '10'],
    ['pay=10&refunded=', '10'],
    ['pay=10&refunded=%7Brefunded%7D', '10'],
    ['pay=0.3&refunded=0.1', '0.2'],
    ['pay=100000000000000000.01&refunded=0.02', '99999999999999999.99'],
  ])('%s leaves %s', (query, amount) => {
    expect(read(query)).toEqual({ amount, currency: 'USD' });
  });

  test('is written as the amount is', () => {
    const cents = { from: 'pay cur', as: 'cents', less: 'refunded' };
    expect(read('pay=1999&cur=usd&refunded=500', cents)).toEqual({ amount: '14.99', currency: 'USD' });
    expect(read('pay=1999&cur=JPY&refunded=500', cents)).toEqual({ amount: '1499', currency: 'JPY' });
  });

  test.each([
    ['pay=10&refunded=10.01', 'is more than there was', '10.01'],
    ['pay=10&refunded=some', 'is not a decimal number', 'some'],
    ['pay=10&refunded=1&refunded=2', 'refunded was sent more than once, with different values', '2 | 1'],
  ])('%s is not guessed', (query, why, value) => {
    const [reason] = whyNot({ commission }, get(query));
    expect(reason).toMatchObject({ field: 'commission.less', why });
    expect(reason?.value?.split(' | ').sort()).toEqual(value.split(' | ').sort());
  });

  test('of an amount that may be missing and is leaves none', () => {
    expect(read('refunded=1', { from: 'pay? USD', less: 'refunded' })).toBeUndefined();
  });

  test('in an item is taken off what stands beside the items, from each its own', () => {
    const items = partner({
      each: { line: 'lines' },
      fields: { lineId: 'line.no', commission: { from: 'pay USD', less: 'line.back' } },
    });
    const json = { id: 1, status: 'ok', pay: 10, lines: [{ no: 1, back: 1 }, { no: 2, back: 2 }, { no: 3 }] };
    const amounts = eventsOf(decide(items, { json })).map((event) => event.commission?.amount);
    expect(amounts).toEqual(['9', '8', '10']);
  });

  test('one report or all of them: the sale is the same', () => {
    const to = partner({ fields: { commission, updatedAt: 'at' } });
    const event = (query: string) => eventsOf(decide(to, get(query)))[0]!;
    const sold = event('pay=10&at=2026-11-24T00:00:00Z');
    const first = event('pay=10&refunded=2&at=2026-11-24T01:00:00Z');
    const second = event('pay=10&refunded=5&at=2026-11-24T02:00:00Z');
    for (const history of [[sold, first, second], [second, sold, first], [second], [sold, second, second]])
      expect(fold(history, 3_600_000)?.commission).toEqual({ amount: '5', currency: 'USD' });
  });
});

test.each<[string, object, string]>([
  ['of what is no money', { fields: { orderId: { from: 'o', less: 'x' } } }, 'fields.orderId | orderId: "less" is taken off an amount, and this is none'],
  ['with a currency', { fields: { commission: { from: 'pay USD', less: 'x USD' } } }, 'fields.commission | commission: less "x USD": it is in the amount\'s own currency: name the place alone'],
  ['beside differences', { fields: { commission, status: { from: 's', adjusted: 'RFND' } }, repeat: { distinct: 'ref' } }, 'fields.commission.less | fields.commission.less: takes off a sum of all refunds so far, and here each refund is added by itself: take one of both'],
  ['a misspelt root', { fields: { commission: { from: 'pay USD', less: 'querry.x' } } }, 'fields.commission | commission: "querry.x": did you mean "query.x"?'],
])('a manifest with one %s does not load', (_, changes, problem) => {
  expect(problemsOf({ ...changes })).toEqual([problem]);
}); // prettier-ignore

test('is one of the names that a signature has to cover', () => {
  const verify = { secret: 'key', at: 'sig', by: 'hmac-sha256', of: '{id}{status}{pay}' };
  expect(problemsOf({ verify, fields: { commission } })).toEqual([
    expect.stringContaining('does not cover commission (refunded)'),
  ]);
});
