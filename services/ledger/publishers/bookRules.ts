import { addAttributionRule, removeAttributionRule } from './attributionRules.ts';
import type { Trx } from '../audit.ts';
import { said, type BookRead } from './book.ts';
import { each } from './bookImport.ts';
import type { BookChange } from '../plan.ts';
import { loadAttributionRules } from '../rules.ts';

type Rule = BookRead['rules'][number];

/** What a rule is of: with another priority or last day it is the same one, changed. */
const nameOf = ({ publisher, kind, value, partner, since }: Rule) =>
  JSON.stringify([publisher, kind, value, partner ?? null, since ?? null]);

export async function importRules(trx: Trx, rules: readonly Rule[], who: string): Promise<BookChange[]> {
  const known = new Map((await loadAttributionRules(trx)).map((rule) => [nameOf(said(rule) as Rule), rule]));
  return each('rules', rules, async (rule) => {
    const before = known.get(nameOf(rule));
    const isSame =
      before && before.priority === (rule.priority ?? 0) && before.until === (rule.until ?? null);
    if (isSame) return undefined;
    if (before) await removeAttributionRule(trx, before.id, who);
    const id = await addAttributionRule(trx, rule, who);
    known.set(nameOf(rule), { ...before, ...rule, id, partner: rule.partner ?? null, priority: rule.priority ?? 0, since: rule.since ?? null, until: rule.until ?? null }); // prettier-ignore
    const what = before ? 'rule replaced' : 'rule added';
    return {
      subject: rule.publisher,
      what,
      ...(before && { from: words(said(before) as Rule) }),
      to: words(rule),
    };
  });
}

const words = ({ kind, value, partner, priority = 0, since, until }: Rule) =>
  [
    `${kind} ${value}`,
    partner !== undefined && `of ${partner}`,
    priority !== 0 && `priority ${priority}`,
    since !== undefined && `since ${since}`,
    until !== undefined && `until ${until}`,
  ]
    .filter(Boolean)
    .join(', ');
