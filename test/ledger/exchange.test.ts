import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { addAmounts } from '../../services/contract/amount.ts';
import { decimalsOfCurrency } from '../../services/contract/currency.ts';
import { fold } from '../../services/contract/state.ts';
import { exchangeOf, type ExchangeRate } from '../../services/ledger/exchange/exchange.ts';
import { fraction, over, rounded, times } from '../../services/ledger/payouts/fraction.ts';
import { operate } from '../../services/ledger/operations.ts';
import type { PayoutRule } from '../../services/ledger/payouts/payout.ts';
import { amountOf, type Amount } from '../../services/ledger/payouts/payoutAmount.ts';
import type { Moved } from '../../services/ledger/plan.ts';
import type { StatementSums } from '../../services/ledger/queries/statements.ts';
import { record } from '../../services/ledger/record.ts';
import { sampleBook } from '../../services/ledger/sample.ts';
import { anEvent } from '../support/events.ts';
import { engines, startTestLedger, type TestLedger } from '../support/ledger.ts';
import { missingPostgres } from '../support/postgres.ts';

const usdIdr = (day: string, rate: string, id = 1): ExchangeRate => ({ id, from: 'USD', to: 'IDR', day, rate, source: 'bank' }); // prettier-ignore

describe('a rate', () => {
  const rates = [
    usdIdr('2026-10-01', '16000', 1),
    usdIdr('2026-10-03', '16250', 2),
    usdIdr('2026-10-03', '16500', 3),
  ];
  const find = (from: string, to: string, day: string, kept?: number[]) =>
    exchangeOf(rates, kept)(from, to, day);

  it.each([
    ['of the day, the one stored last', '2026-10-03', 3],
    ['of the last day before', '2026-10-02', 1],
    ['that is a week old', '2026-10-10', 3],
  ])('is that %s', (_, day, id) => expect(find('USD', 'IDR', day)?.id).toBe(id));

  it.each([
    ['of later', '2026-09-30'],
    ['older than a week', '2026-10-11'],
  ])('is none %s', (_, day) => expect(find('USD', 'IDR', day)).toBeUndefined());

  it('serves the other way round, exactly', () => {
    const { factor } = find('IDR', 'USD', '2026-10-02')!;
    expect(rounded(times(fraction('48000'), factor), 10, 'down')).toBe('3');
    expect(find('IDR', 'MYR', '2026-10-02')).toBeUndefined();
  });

  it('is the one that something was paid by, whatever was stored since', () =>
    expect(find('USD', 'IDR', '2026-10-03', [2])?.id).toBe(2));
});

describe('dividing by zero', () => {
  it('is an error, and never a number', () =>
    expect(() => over(fraction('1'), fraction('0'))).toThrow('division by zero'));
});

describe('a payout in another currency', () => {
  const rule = { kind: 'share', rate: '90', fixed: null, cap: null, minimum: null } as PayoutRule;
  const exchange = exchangeOf([usdIdr('2026-10-03', '16250')]);
  const reckon = (changes: object, by: Partial<PayoutRule> = {}, payIn: string | null = 'USD') =>
    amountOf({ ...rule, ...by }, fold([anEvent(changes)], 0)!, '2026-10-03', { payIn, exchange });
  const idr = (amount: string) => ({ commission: { amount, currency: 'IDR' } });

  it('is rounded once, at the end; its cost is in our commission, which it never exceeds', () => {
    // 90 % of 50,001 are 45,000.9, which are 2.76928.. USD; 2.76 USD are 44,850 IDR.
    expect(reckon(idr('50001'))).toEqual({
      amount: { amount: '2.76', currency: 'USD' },
      cost: { amount: '44850', currency: 'IDR' },
      exchange: 1,
      costExchange: 1,
    });
    expect(reckon(idr('100'))).toMatchObject({ amount: { amount: '0' }, cost: { amount: '0' } });
  });

  it.each<[string, object, Partial<PayoutRule>, string | null, string]>([
    [
      'a share',
      { commission: { amount: '5', currency: 'MYR' } },
      {},
      'USD',
      'no rate for MYR→USD on 2026-10-03',
    ],
    [
      'what is fixed in another currency than our commission',
      { commission: { amount: '5', currency: 'MYR' } },
      { kind: 'fixed', rate: null, fixed: { amount: '1', currency: 'USD' } },
      null,
      'no rate for MYR→USD on 2026-10-03',
    ],
    [
      'a percentage of a sale in a third currency',
      { saleAmount: { amount: '5', currency: 'IDR' }, commission: { amount: '5', currency: 'MYR' } },
      { kind: 'percent', rate: '1' },
      'USD',
      'no rate for MYR→USD on 2026-10-03',
    ],
  ])('waits for a rate: %s', (_, changes, by, payIn, held) =>
    expect(reckon(changes, by, payIn)).toEqual({ held }),
  );

  it('has its cap and minimum in either currency', () => {
    expect(reckon(idr('50001'), { cap: { amount: '1', currency: 'USD' } })).toMatchObject({ amount: { amount: '1' }, cost: { amount: '16250' } }); // prettier-ignore
    expect(reckon(idr('50001'), { cap: { amount: '16250', currency: 'IDR' } })).toMatchObject({ amount: { amount: '1' } }); // prettier-ignore
    expect(reckon(idr('50001'), { minimum: { amount: '3', currency: 'USD' } })).toMatchObject({ amount: { amount: '3' }, cost: { amount: '48750' } }); // prettier-ignore
  });

  it('and the margin add up to the commission, in its currency; no share costs more than all of it', () => {
    const currency = fc.constantFrom('USD', 'JPY', 'BHD', 'IDR');
    const decimal = (digits: number) => fc.bigInt({ min: 1n, max: 10n ** 12n }).map((n) => rounded({ n, d: 10n ** BigInt(digits) }, digits, 'down')); // prettier-ignore
    const given = fc.record({
      ...{ from: currency, to: currency, fx: decimal(6), inverse: fc.boolean(), commission: decimal(4) },
      rate: fc.integer({ min: 0, max: 10_000 }).map((n) => rounded({ n: BigInt(n), d: 100n }, 2, 'down')),
    });
    fc.assert(
      fc.property(given, ({ from, to, fx, inverse, commission, rate }) => {
        const pair = inverse ? { from: to, to: from } : { from, to };
        const exchange = exchangeOf([{ id: 1, ...pair, day: '2026-10-03', rate: fx, source: 'x' }]);
        const state = fold([anEvent({ commission: { amount: commission, currency: from } })], 0)!;
        const reckoned = amountOf({ ...rule, rate }, state, '2026-10-03', { payIn: to, exchange }) as Amount;
        const { amount, cost } = reckoned;
        expect([amount.currency, cost!.currency]).toEqual([to, from]);
        expect((amount.amount.split('.')[1] ?? '').length).toBeLessThanOrEqual(decimalsOfCurrency(to)!);
        const margin = addAmounts(commission, cost!.amount === '0' ? '0' : `-${cost!.amount}`);
        expect(margin.startsWith('-')).toBe(false);
        expect(addAmounts(margin, cost!.amount)).toBe(commission);
        const factor = from === to ? fraction('1') : exchange(from, to, '2026-10-03')!.factor;
        const [worth, paid] = [times(fraction(cost!.amount), factor), fraction(amount.amount)];
        expect(worth.n * paid.d >= paid.n * worth.d).toBe(true);
      }),
    );
  });
});

describe.each(engines)('on %s', (engine) => {
  describe.skipIf(engine === 'PostgreSQL' && missingPostgres)('a publisher who is paid in USD', () => {
    let ledger: TestLedger;
    beforeAll(async () => (ledger = await startTestLedger(engine)));
    afterAll(() => ledger?.close());
    beforeEach(async () => {
      await ledger.reset();
      await ask('import', { book: sampleBook });
      await ask('publisher-set', { id: 'mkk', payIn: 'usd' });
    });

    const settings = { repeatWindow: () => 3_600_000, paysUnverified: () => false };
    const ask = async <T = unknown>(name: string, args: unknown = {}, now = '2026-12-05') =>
      (await operate({ partners: [], liveSecrets: () => () => [], settings, who: 'ann', db: ledger.db, now: new Date(now) }, name, args)) as T; // prettier-ignore
    const tell = (changes: Parameters<typeof anEvent>[0] = {}) =>
      record(ledger.db, [anEvent({ publisherRef: 'MKK-1', commission: { amount: '50001', currency: 'IDR' }, occurredAt: '2026-11-21T00:00:00.000Z', ...changes })], settings); // prettier-ignore
    const rate = (rate: string, day = '2026-11-20', more = {}) => ask<Moved & { stored: number }>('rate-set', { rates: [{ from: 'USD', to: 'IDR', day, rate, source: 'bank' }], ...more }); // prettier-ignore
    const row = () => ledger.db.selectFrom('conversions').select(['payout_amount', 'payout_currency', 'payout_cost', 'payout_held', 'payout_exchange']).executeTakeFirstOrThrow(); // prettier-ignore
    const paid = { payout_amount: '2.76', payout_currency: 'USD', payout_cost: '44850', payout_held: null, payout_exchange: expect.any(Number) }; // prettier-ignore

    it('waits for a rate, which a plan shows, and is paid by it; the same rate again is no news', async () => {
      await tell();
      expect(await row()).toMatchObject({ payout_amount: null, payout_held: 'no rate for IDR→USD on 2026-11-21' }); // prettier-ignore
      const moves = [{ from: 'mkk', to: 'mkk', conversions: 1, before: [], after: ['USD 2.76'] }];
      expect(await rate('16250', '2026-11-20', { plan: true })).toMatchObject({
        done: false,
        stored: 1,
        moves,
      });
      expect(await row()).toMatchObject({ payout_amount: null });
      expect(await rate('16250')).toMatchObject({ done: true, stored: 1, moves });
      expect(await row()).toEqual(paid);
      expect(await rate('16250.0')).toMatchObject({ stored: 0, moves: [] });
      expect(await ask('rate-list')).toMatchObject([{ from: 'USD', to: 'IDR', rate: '16250', source: 'bank', by: 'ann' }]); // prettier-ignore
    });

    it('is paid at once where there is a rate, and otherwise by a corrected one until the month is closed', async () => {
      await rate('16250');
      await tell();
      expect(await row()).toEqual(paid);
      await rate('16000');
      expect(await row()).toMatchObject({ payout_amount: '2.81', payout_cost: '44960', payout_exchange: 2 });
      const closed = await ask<StatementSums[]>('payout-close', { publisher: 'mkk', month: '2026-11' });
      expect(closed).toMatchObject([{ currency: 'USD', total: '2.81', commission: ['IDR 50001'], margin: ['IDR 5041'] }]); // prettier-ignore

      expect(await rate('20000')).toMatchObject({ stored: 1, moves: [] });
      await ask('rate-unset', { id: 2 });
      await ask('publisher-set', { id: 'mkk', payIn: 'none' });
      await tell({ status: 'reversed', receivedAt: '2026-12-01T00:00:00.000Z' });
      await tell({ status: 'approved', receivedAt: '2026-12-02T00:00:00.000Z' });
      expect(await row()).toMatchObject({
        payout_amount: '2.81',
        payout_currency: 'USD',
        payout_exchange: 2,
      });
      expect(await ask('payout-close', { publisher: 'mkk', month: '2026-12' }, '2027-01-02')).toEqual([]);
    });

    it('keeps what is settled where a corrected currency has no rate, until it has', async () => {
      await rate('16250');
      await tell();
      await ask('payout-close', { publisher: 'mkk', month: '2026-11' });
      await tell({ commission: { amount: '10', currency: 'MYR' }, receivedAt: '2026-12-01T00:00:00.000Z' });
      expect(await row()).toMatchObject({ payout_held: 'no rate for MYR→USD on 2026-11-21' });
      expect(await ask('payout-close', { publisher: 'mkk', month: '2026-12' }, '2027-01-02')).toEqual([]);
    });

    it('sees the months add up to what is true, in each currency of the commission', async () => {
      await rate('16250');
      await tell();
      await ask('payout-close', { publisher: 'mkk', month: '2026-11' });
      await ask('rate-set', { rates: [{ from: 'MYR', to: 'USD', day: '2026-11-21', rate: '0.24', source: 'bank' }] }); // prettier-ignore
      await tell({ commission: { amount: '10', currency: 'MYR' }, receivedAt: '2026-12-01T00:00:00.000Z' });
      const december = await ask('payout-close', { publisher: 'mkk', month: '2026-12' }, '2027-01-02');
      expect(december).toMatchObject([{ total: '-0.6', commission: ['IDR -50001', 'MYR 10'], margin: ['IDR -5151', 'MYR 1'] }]); // prettier-ignore
    });

    it.each<[string, object, string]>([
      ['a rate of 0', { rate: '0.00' }, 'a rate is above 0'],
      ['a rate below 0', { rate: '-1' }, 'write a rate as'],
      ['a rate of a currency to itself', { to: 'USD' }, 'between two currencies'],
      ['what is no currency', { to: 'RUPIAH' }, 'is no ISO 4217 currency'],
      ['no source', { source: ' ' }, 'say where it is from'],
      ['no day', { day: '21.11.2026' }, 'write a day as'],
    ])('refuses %s', async (_, changes, why) => {
      const rates = [
        { from: 'USD', to: 'IDR', day: '2026-11-20', rate: '16250', source: 'bank', ...changes },
      ];
      await expect(ask('rate-set', { rates })).rejects.toThrow(why);
    });
  });
});
