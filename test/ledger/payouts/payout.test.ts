import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { addAmounts } from '../../../services/contract/amount.ts';
import { decimalsOfCurrency } from '../../../services/contract/currency.ts';
import { fold, type ConversionState } from '../../../services/contract/state.ts';
import { payoutRuleFor, reckon, type PayoutRule } from '../../../services/ledger/payouts/payout.ts';
import { anEvent } from '../../support/events.ts';

const rule = (changes: Partial<PayoutRule> = {}): PayoutRule => ({
  id: 1,
  publisher: null,
  partner: null,
  offer: null,
  kind: 'share',
  rate: '90',
  fixed: null,
  cap: null,
  minimum: null,
  holdDays: 0,
  since: null,
  until: null,
  ...changes,
});
const state = (changes: Parameters<typeof anEvent>[0] = {}): ConversionState =>
  fold([anEvent({ status: 'approved', commission: { amount: '2.975', currency: 'USD' }, ...changes })], 0)!;
const noRates: Terms = { payIn: null, exchange: () => undefined, paysUnverified: () => false };
type Terms = Parameters<typeof reckon>[3];
const pay = (by: PayoutRule | undefined, of = state(), terms: Partial<Terms> = {}) =>
  reckon(by, 'mkk', of, { ...noRates, ...terms });

describe('a payout', () => {
  test.each([
    ['a share', rule(), '2.67'],
    ['a percentage of the sale', rule({ kind: 'percent', rate: '2.7' }), '1.14'],
    ['a fixed amount', rule({ kind: 'fixed', rate: null, fixed: { amount: '0.5', currency: 'USD' } }), '0.5'],
    ['at most its cap', rule({ cap: { amount: '1', currency: 'USD' } }), '1'],
    ['at least its minimum', rule({ minimum: { amount: '3', currency: 'USD' } }), '3'],
    ['no cap of another currency', rule({ cap: { amount: '1', currency: 'EUR' } }), '2.67'],
    ['nothing at a rate of 0', rule({ rate: '0' }), '0'],
  ])('is %s, rounded down once', (_, by, amount) => {
    const of = state({ saleAmount: { amount: '42.5', currency: 'USD' } });
    expect(pay(by, of)).toMatchObject({ amount: { amount, currency: 'USD' }, held: null });
  });

  test.each([
    ['a yen has no digits after the point', { amount: '1234', currency: 'JPY' }, '1110'],
    ['a dinar has three', { amount: '1.2345', currency: 'BHD' }, '1.111'],
  ])('%s', (_, commission, amount) => {
    expect(pay(rule(), state({ commission })).amount?.amount).toBe(amount);
  });

  test.each<[string, PayoutRule | undefined, Parameters<typeof anEvent>[0], string]>([
    ['no rule', undefined, {}, 'no payout rule fits'],
    ['a test', rule(), { test: true }, 'a test'],
    ['what was rejected', rule(), { status: 'rejected' }, 'rejected'],
    ['what was reversed', rule(), { status: 'reversed' }, 'reversed'],
    ['no commission', rule(), { commission: undefined }, 'no commission came in one currency'],
    ['no sale amount', rule({ kind: 'percent', rate: '1' }), {}, 'no sale amount came in one currency'],
  ])('is nothing for %s', (_, by, changes, held) => {
    expect(pay(by, state(changes as object))).toEqual({
      amount: null,
      rule: by?.id ?? null,
      held,
      payableAt: null,
      cost: null,
      exchange: null,
      costExchange: null,
    });
  });

  it('is held while nothing is decided, or nothing proves it, unless the partner is trusted so', () => {
    expect(pay(rule(), state({ status: 'pending' })).held).toBe('pending');
    expect(pay(rule(), state({ status: 'on_hold' })).held).toBe('on_hold');
    expect(pay(rule(), state({ verified: false })).held).toContain('a report must confirm it');
    expect(pay(rule(), state({ verified: false }), { paysUnverified: () => true }).held).toBeNull();
  });

  it('is payable some days after the sale', () => {
    const of = state({ occurredAt: '2026-11-20T10:00:00.000Z' });
    expect(pay(rule({ holdDays: 30 }), of).payableAt).toBe('2026-12-20T10:00:00.000Z');
  });

  it('and the margin add up to the commission, to the minor unit', () => {
    const commissions = fc.record({
      units: fc.bigInt({ min: 0n, max: 10n ** 12n }),
      currency: fc.constantFrom('USD', 'JPY', 'BHD', 'IDR'),
      rate: fc.integer({ min: 0, max: 10_000 }).map((n) => String(n / 100)),
    });
    fc.assert(
      fc.property(commissions, ({ units, currency, rate }) => {
        const digits = decimalsOfCurrency(currency)!;
        const padded = units.toString().padStart(digits + 1, '0');
        const fraction = padded.slice(padded.length - digits).replace(/0+$/, '');
        const whole = padded.slice(0, padded.length - digits);
        const amount = digits > 0 && fraction ? `${whole}.${fraction}` : whole;
        const paid = pay(rule({ rate }), state({ commission: { amount, currency } })).amount!;
        expect((paid.amount.split('.')[1] ?? '').length).toBeLessThanOrEqual(digits);
        const margin = addAmounts(amount, paid.amount === '0' ? '0' : `-${paid.amount}`);
        expect(margin.startsWith('-')).toBe(false);
        expect(addAmounts(margin, paid.amount)).toBe(amount);
        expect(Number(paid.amount)).toBeCloseTo((Number(amount) * Number(rate)) / 100, digits === 0 ? -1 : 1);
      }),
    );
  });
});

describe('the rule that counts', () => {
  const rules = [
    rule({ id: 1 }),
    rule({ id: 2, partner: 'acme' }),
    rule({ id: 3, offer: 'o1' }),
    rule({ id: 4, publisher: 'mkk' }),
    rule({ id: 5, publisher: 'mkk', until: '2026-10-31' }),
    rule({ id: 6, publisher: 'cary', partner: 'acme', offer: 'o1' }),
  ];
  const find = (publisher: string, changes: object = {}, some = rules) =>
    payoutRuleFor(some, publisher, state({ occurredAt: '2026-11-20T00:00:00.000Z', ...changes }))?.id;

  it('is the one that names most, then the newest that counts on the day of the sale', () => {
    expect(find('mkk')).toBe(4);
    expect(find('mkk', { occurredAt: '2026-10-31T23:59:59.999Z' })).toBe(5);
    expect(find('cary', { offer: { id: 'o1' } })).toBe(6);
    expect(find('other', { offer: { id: 'o1' } })).toBe(3);
    expect(find('other')).toBe(2);
    expect(find('other', {}, rules.slice(2))).toBeUndefined();
  });
});
