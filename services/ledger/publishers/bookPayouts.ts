import type { Trx } from '../audit.ts';
import { payoutsOf, said, type BookRead } from './book.ts';
import { each } from './bookImport.ts';
import { addPayoutRule, dayBefore, removePayoutRule } from '../payouts/payoutRules.ts';
import type { BookChange } from '../plan.ts';

type Rule = BookRead['payouts'][number];

/** What a rule is for; its versions begin on different days. */
const dealOf = ({ publisher, partner, offer }: Rule) => JSON.stringify([publisher, partner, offer]);
const nameOf = (rule: Rule) => `${dealOf(rule)} ${rule.since ?? ''}`;

/** A version ends where the next begins, so that the same book says the same whichever was there before. */
export async function importPayouts(trx: Trx, rules: readonly Rule[], who: string): Promise<BookChange[]> {
  const known = await payoutsOf(trx);
  const begins = Map.groupBy([...known, ...rules], dealOf);
  const current = new Map(known.map(({ id, ...rule }) => [nameOf(rule), { id, rule: spelt(rule) }]));
  return each('payouts', rules, async (said) => {
    const next = begins.get(dealOf(said))!.flatMap(({ since }) => since ?? []).filter((since) => since > (said.since ?? '')).sort()[0]; // prettier-ignore
    const rule = endedBefore(said, next);
    const before = current.get(nameOf(rule));
    if (before?.rule === spelt(rule)) return undefined;
    if (before) await removePayoutRule(trx, before.id, who);
    const id = await addPayoutRule(trx, rule, who);
    current.set(nameOf(rule), { id, rule: spelt(rule) });
    const what = before ? 'payout rule replaced' : 'payout rule added';
    return {
      subject: rule.publisher ?? 'everybody',
      what,
      ...(before && { from: before.rule }),
      to: spelt(rule),
    };
  });
}

function endedBefore(rule: Rule, next: string | undefined): Rule {
  if (next === undefined || (rule.until !== undefined && rule.until < next)) return rule;
  return { ...rule, until: dayBefore(next) };
}

/** The same for two that say the same. */
function spelt({ publisher: _, holdDays, ...rule }: Rule): string {
  const all = Object.entries(said({ ...rule, holdDays: holdDays ? holdDays : undefined }));
  return all.map(([name, value]) => `${name} ${name === 'until' || typeof value !== 'string' ? value : plain(value)}`).sort().join(', '); // prettier-ignore
}

/** `90.0` is 90. */
const plain = (text: string) => (/^\d+\.\d+$/.test(text) ? text.replace(/\.?0+$/, '') : text);
