import { decimalsOfCurrency } from '../contract/currency.ts';
import type { Money } from '../contract/money.ts';
import type { ConversionState } from '../contract/state.ts';
import { house } from './attribution.ts';

/** How a payout is reckoned: a share of our commission, a percentage of the sale, or a fixed amount for each. */
export const payoutKinds = ['share', 'percent', 'fixed'] as const;

/** One version of a rule. It is never changed: another one takes its place, and what was paid by this one stays so. */
export interface PayoutRule {
  id: number;
  /** Null: of any. The more of these a rule names, the more it counts. */
  publisher: string | null;
  partner: string | null;
  offer: string | null;
  kind: (typeof payoutKinds)[number];
  /** Per cent, for share and percent: `90`, `2.7`. */
  rate: string | null;
  fixed: Money | null;
  /** The most and the least for one conversion, where its currency is theirs. */
  cap: Money | null;
  minimum: Money | null;
  /** Days after the sale before it is payable. */
  holdDays: number;
  /** First and last day (UTC, yyyy-mm-dd) of sales that it counts for. */
  since: string | null;
  until: string | null;
}

/** What a publisher is owed for a conversion as it is now, or why nothing. */
export interface Payout {
  amount: Money | null;
  rule: number | null;
  held: string | null;
  payableAt: string | null;
}

/** Whether what nothing proves is paid before a report confirms it; by partner. */
export type PaysUnverified = (partner: string) => boolean;

/** The rule that counts: the one that names most, publisher before offer before partner; then the newest. */
export function payoutRuleFor(
  rules: readonly PayoutRule[],
  publisher: string,
  { partner, offer, occurredAt, receivedAt }: ConversionState,
): PayoutRule | undefined {
  const day = (occurredAt ?? receivedAt).slice(0, 10);
  const names = (rule: PayoutRule) =>
    (rule.publisher ? 4 : 0) + (rule.offer ? 2 : 0) + (rule.partner ? 1 : 0);
  const fitting = rules.filter(
    (rule) =>
      (rule.publisher ?? publisher) === publisher &&
      (rule.partner ?? partner) === partner &&
      (rule.offer === null || rule.offer === offer?.id) &&
      (rule.since === null || day >= rule.since) &&
      (rule.until === null || day <= rule.until),
  );
  return fitting.sort((a, b) => names(b) - names(a) || b.id - a.id)[0];
}

/** Reckons a payout. Rounded once, down, to the currency's own digits: what is left is our margin, so both add up to the commission. */
export function reckon(
  rule: PayoutRule | undefined,
  publisher: string,
  state: ConversionState,
  paysUnverified: PaysUnverified,
): Payout {
  const nothing = (held: string) => ({ amount: null, rule: rule?.id ?? null, held, payableAt: null });
  if (publisher === house) return nothing('it is our own');
  if (state.test) return nothing('a test');
  if (['rejected', 'reversed'].includes(state.status)) return nothing(state.status);
  if (!rule) return nothing('no payout rule fits');
  const amount = amountBy(rule, state);
  if (!amount)
    return nothing(`no ${rule.kind === 'percent' ? 'sale amount' : 'commission'} came in one currency`);
  const held = whyHeld(state, paysUnverified);
  return { amount: within(rule, amount), rule: rule.id, held, payableAt: payableAt(rule, state) };
}

function whyHeld({ status, verified, via, partner }: ConversionState, paysUnverified: PaysUnverified) {
  if (!verified && via !== 'report' && !paysUnverified(partner))
    return 'unverified: a report must confirm it';
  return status === 'approved' || status === 'paid' ? null : status;
}

function amountBy({ kind, rate, fixed }: PayoutRule, state: ConversionState): Money | undefined {
  if (kind === 'fixed') return fixed ?? undefined;
  const base = kind === 'share' ? (state.commission ?? state.localCommission) : (state.saleAmount ?? state.localSaleAmount); // prettier-ignore
  return base && { amount: percentOf(base, rate!), currency: base.currency };
}

/** To the currency's digits, toward zero. */
function percentOf({ amount, currency }: Money, rate: string): string {
  const [a, aScale] = toUnits(amount);
  const [r, rScale] = toUnits(rate);
  const digits = decimalsOfCurrency(currency) ?? 2;
  const scale = aScale + rScale + 2;
  const exact = a * r;
  const cut = scale > digits ? exact / 10n ** BigInt(scale - digits) : exact * 10n ** BigInt(digits - scale);
  return toText(cut, digits);
}

function toUnits(decimal: string): [units: bigint, scale: number] {
  const [whole = '0', fraction = ''] = decimal.split('.');
  return [BigInt(whole + fraction), fraction.length];
}

function toText(units: bigint, scale: number): string {
  const sign = units < 0n ? '-' : '';
  const digits = (units < 0n ? -units : units).toString().padStart(scale + 1, '0');
  const fraction = digits.slice(digits.length - scale).replace(/0+$/, '');
  const whole = digits.slice(0, digits.length - scale);
  return scale > 0 && fraction ? `${sign}${whole}.${fraction}` : `${whole === '0' ? '' : sign}${whole}`;
}

function within({ cap, minimum }: PayoutRule, amount: Money): Money {
  if (cap?.currency === amount.currency && isLess(cap.amount, amount.amount)) return cap;
  if (minimum?.currency === amount.currency && isLess(amount.amount, minimum.amount)) return minimum;
  return amount;
}

function isLess(a: string, b: string): boolean {
  const [x, xs] = toUnits(a);
  const [y, ys] = toUnits(b);
  return x * 10n ** BigInt(ys) < y * 10n ** BigInt(xs);
}

function payableAt({ holdDays }: PayoutRule, { occurredAt, receivedAt }: ConversionState): string {
  return new Date(Date.parse(occurredAt ?? receivedAt) + holdDays * 86_400_000).toISOString();
}
