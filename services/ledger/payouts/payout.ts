import type { Money } from '../../contract/money.ts';
import type { ConversionState } from '../../contract/state.ts';
import { house } from '../publishers/attribution.ts';
import { amountOf, type Amount, type Paying } from './payoutAmount.ts';

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
export interface Payout extends Omit<Amount, 'amount'> {
  amount: Money | null;
  rule: number | null;
  held: string | null;
  payableAt: string | null;
}

/** Whether what nothing proves is paid before a report confirms it; by partner. */
export type PaysUnverified = (partner: string) => boolean;

/** The day (UTC) whose rules and exchange rates count for a conversion: the sale's, or of the report of it where no time of sale came. */
export const dayOf = ({
  occurredAt,
  receivedAt,
}: Pick<ConversionState, 'occurredAt' | 'receivedAt'>): string => (occurredAt ?? receivedAt).slice(0, 10);

/** The rule that counts: the one that names most, publisher before offer before partner; then the newest. */
export function payoutRuleFor(
  rules: readonly PayoutRule[],
  publisher: string,
  state: ConversionState,
): PayoutRule | undefined {
  const { partner, offer } = state;
  const day = dayOf(state);
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

/** Reckons a payout. Rounded once, down: what is left of our commission is our margin, so both add up to it. */
export function reckon(
  rule: PayoutRule | undefined,
  publisher: string,
  state: ConversionState,
  terms: Paying & { paysUnverified: PaysUnverified },
): Payout {
  const nothing = (held: string) => ({ ...noAmount, rule: rule?.id ?? null, held });
  if (publisher === house) return nothing('it is our own');
  if (state.test) return nothing('a test');
  if (['rejected', 'reversed'].includes(state.status)) return nothing(state.status);
  if (!rule) return nothing('no payout rule fits');
  const reckoned = amountOf(rule, state, dayOf(state), terms);
  if ('held' in reckoned) return nothing(reckoned.held);
  const held = whyHeld(state, terms.paysUnverified);
  return { ...reckoned, rule: rule.id, held, payableAt: payableAt(rule, state) };
}

const noAmount = { amount: null, cost: null, exchange: null, costExchange: null, payableAt: null };

function whyHeld({ status, verified, via, partner }: ConversionState, paysUnverified: PaysUnverified) {
  if (!verified && via !== 'report' && !paysUnverified(partner))
    return 'unverified: a report must confirm it';
  return status === 'approved' || status === 'paid' ? null : status;
}

function payableAt({ holdDays }: PayoutRule, { occurredAt, receivedAt }: ConversionState): string {
  return new Date(Date.parse(occurredAt ?? receivedAt) + holdDays * 86_400_000).toISOString();
}
