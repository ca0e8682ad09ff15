import type { z } from 'zod';
import { audited, type Trx } from './audit.ts';
import type { attributionInput } from './inputs.ts';
import { publisherOf } from './publishers.ts';

/** Resolves to the rule's number. */
export async function addAttributionRule(
  trx: Trx,
  input: z.infer<typeof attributionInput>,
  who: string,
): Promise<number> {
  await publisherOf(trx, input.publisher);
  const { partner = null, priority = 0, since = null, until = null, ...rest } = input;
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
  await audited(trx, { who, what: 'rule removed', subject: removed.publisher, before: removed }, () =>
    Promise.resolve(),
  );
}
