import { decimalsOfCurrency } from '../../contract/currency.ts';
import type { Money } from '../../contract/money.ts';
import type { ConversionState } from '../../contract/state.ts';
import { noRate, type Exchange } from '../exchange/exchange.ts';
import { fraction, isLess, over, rounded, times, type Fraction } from './fraction.ts';
import type { PayoutRule } from './payout.ts';

/** What a publisher is paid in, and what currencies are worth. */
export interface Paying {
  /** Null: in the currency of what it is reckoned of. */
  payIn: string | null;
  exchange: Exchange;
}

export interface Amount {
  amount: Money;
  /** The same in the currency of our commission: what is left of the commission is our margin. Null where no commission came. */
  cost: Money | null;
  /** The stored rates by which it was converted, and by which its cost was. */
  exchange: number | null;
  costExchange: number | null;
}

/** An exact amount that is not rounded yet. */
interface Exact {
  value: Fraction;
  currency: string;
}

/**
 * Reckons an amount exactly and rounds it once, down, to the currency's own digits; or says why it cannot be. An amount that is not in our
 * commission's currency needs a stored rate between the two.
 */
export function amountOf(
  rule: PayoutRule,
  state: ConversionState,
  day: string,
  { payIn, exchange }: Paying,
): Amount | { held: string } {
  const base = baseOf(rule, state);
  if (!base)
    return { held: `no ${rule.kind === 'percent' ? 'sale amount' : 'commission'} came in one currency` };
  const paid = convert(within(rule, base), payIn ?? base.currency, day, exchange);
  if ('held' in paid) return paid;
  const { value, currency } = within(rule, paid);
  const amount = { amount: rounded(value, digitsOf(currency), 'down'), currency };
  const cost = costOf(amount, state.commission ?? state.localCommission, day, exchange);
  return 'held' in cost ? cost : { amount, exchange: paid.by, ...cost };
}

function baseOf({ kind, rate, fixed }: PayoutRule, state: ConversionState): Exact | undefined {
  if (kind === 'fixed') return fixed ? exact(fixed) : undefined;
  const of = kind === 'share' ? (state.commission ?? state.localCommission) : (state.saleAmount ?? state.localSaleAmount); // prettier-ignore
  if (!of) return undefined;
  return { value: over(times(fraction(of.amount), fraction(rate!)), fraction('100')), currency: of.currency };
}

const exact = ({ amount, currency }: Money): Exact => ({ value: fraction(amount), currency });

/** Caps and minimums count where they are of the amount's currency, before a conversion and after. */
function within<T extends Exact>({ cap, minimum }: PayoutRule, amount: T): T {
  const of = (limit: Money | null) => (limit?.currency === amount.currency ? fraction(limit.amount) : undefined); // prettier-ignore
  const [most, least] = [of(cap), of(minimum)];
  if (most && isLess(most, amount.value)) return { ...amount, value: most };
  if (least && isLess(amount.value, least)) return { ...amount, value: least };
  return amount;
}

function convert(
  { value, currency }: Exact,
  to: string,
  day: string,
  exchange: Exchange,
): (Exact & { by: number | null }) | { held: string } {
  if (to === currency) return { value, currency, by: null };
  const found = exchange(currency, to, day);
  if (!found) return { held: `${noRate} ${currency}→${to} on ${day}` };
  return { value: times(value, found.factor), currency: to, by: found.id };
}

/**
 * Rounded up, away from zero, to the digits in which the commission is written: a share never costs more than all of it, and the margin
 * is never said to be more than it is.
 */
function costOf(
  { amount, currency }: Money,
  commission: Money | undefined,
  day: string,
  exchange: Exchange,
): Pick<Amount, 'cost' | 'costExchange'> | { held: string } {
  if (!commission) return { cost: null, costExchange: null };
  if (commission.currency === currency) return { cost: { amount, currency }, costExchange: null };
  const found = exchange(commission.currency, currency, day);
  if (!found) return { held: `${noRate} ${commission.currency}→${currency} on ${day}` };
  const digits = Math.max(digitsOf(commission.currency), (commission.amount.split('.')[1] ?? '').length);
  const cost = rounded(over(fraction(amount), found.factor), digits, 'up');
  return { cost: { amount: cost, currency: commission.currency }, costExchange: found.id };
}

const digitsOf = (currency: string) => decimalsOfCurrency(currency) ?? 2;
