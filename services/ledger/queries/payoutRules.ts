import type { Money } from '../../contract/money.ts';
import { loadPayoutRules } from '../rules.ts';
import type { Ledger } from '../tables.ts';

/** The payout rules in force, as people read them; of one publisher also those that are for everybody. */
export async function listPayoutRules(db: Ledger, publisher?: string) {
  const rules = (await loadPayoutRules(db)).filter((rule) => !rule.removed);
  const wanted = rules.filter(
    (rule) => publisher === undefined || (rule.publisher ?? publisher) === publisher,
  );
  return wanted.map(({ id, kind, rate, fixed, cap, minimum, ...rule }) => ({
    number: id,
    publisher: rule.publisher ?? 'everybody',
    partner: rule.partner ?? 'any',
    offer: rule.offer ?? 'any',
    pays: { share: `${rate} % of our commission`, percent: `${rate} % of the sale`, fixed: text(fixed) }[
      kind
    ],
    cap: text(cap),
    minimum: text(minimum),
    holdDays: rule.holdDays,
    since: rule.since,
    until: rule.until,
  }));
}

const text = (money: Money | null) => money && `${money.amount} ${money.currency}`;
