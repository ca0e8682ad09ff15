import type { z } from 'zod';
import { audited, writeAudit, type Trx } from '../audit.ts';
import type { AttributionRule } from './attribution.ts';
import type { attributionInput } from '../inputs.ts';
import { publisherOf } from './publishers.ts';
import { loadAttributionRules } from '../rules.ts';

/** Resolves to the rule's number. */
export async function addAttributionRule(
  trx: Trx,
  input: z.infer<typeof attributionInput>,
  who: string,
): Promise<number> {
  await publisherOf(trx, input.publisher);
  const { partner = null, priority = 0, since = null, until = null, ...rest } = input;
  await refuseTie(trx, { ...rest, partner, priority, since, until });
  return audited(trx, { who, what: 'rule added', subject: input.publisher, after: input }, async () => {
    const row = { ...rest, partner, priority, since, until };
    const { id } = await trx
      .insertInto('attribution_rules')
      .values(row)
      .returning('id')
      .executeTakeFirstOrThrow();
    return id;
  });
}

/** Two rules that say the same of the same days: nobody could tell whose a sale is by reading them. */
async function refuseTie(trx: Trx, rule: Omit<AttributionRule, 'id'>): Promise<void> {
  const others = await loadAttributionRules(trx);
  const same = others.find(
    (each) =>
      (['kind', 'value', 'partner', 'priority'] as const).every((name) => each[name] === rule[name]) &&
      (each.since ?? '') <= (rule.until ?? '9999') &&
      (rule.since ?? '') <= (each.until ?? '9999'),
  );
  if (!same) return;
  throw new Error(
    same.publisher === rule.publisher
      ? `rule ${same.id} says so already`
      : `rule ${same.id} of ${same.publisher} claims the same: remove that, or give this one other days, another partner or priority`,
  );
}

/** Rejects where there is none of this number, or it was removed before. */
export async function removeAttributionRule(trx: Trx, id: number, who: string): Promise<void> {
  const removed = await trx
    .updateTable('attribution_rules')
    .set({ removed_at: new Date() })
    .where('id', '=', id)
    .where('removed_at', 'is', null)
    .returningAll()
    .executeTakeFirst();
  if (!removed) throw new Error(`there is no rule ${id}`);
  await writeAudit(trx, { who, what: 'rule removed', subject: removed.publisher, before: removed });
}
