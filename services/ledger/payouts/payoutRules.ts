import type { z } from 'zod';
import { audited, writeAudit, type Trx } from '../audit.ts';
import type { payoutInput } from '../inputs.ts';
import { publisherOf } from '../publishers/publishers.ts';

/**
 * Another version of what a publisher is paid: the one before of the same publisher, partner and offer ends on the day before `since`, so
 * that sales until then stay reckoned by it. Resolves to the rule's number.
 */
export async function addPayoutRule(
  trx: Trx,
  input: z.infer<typeof payoutInput>,
  who: string,
): Promise<number> {
  if (input.publisher !== undefined) await publisherOf(trx, input.publisher);
  const { publisher = null, partner = null, offer = null, holdDays = 0, since = null } = input;
  const { kind, rate = null, fixed = null, cap = null, minimum = null, until = null } = input;
  return audited(
    trx,
    { who, what: 'payout rule added', subject: publisher ?? '*', after: input },
    async () => {
      if (since !== null) await endBefore(trx, { publisher, partner, offer }, since);
      const row = { publisher, partner, offer, kind, rate, fixed, cap, minimum, currency: input.currency ?? null, hold_days: holdDays, since, until }; // prettier-ignore
      const { id } = await trx
        .insertInto('payout_rules')
        .values(row)
        .returning('id')
        .executeTakeFirstOrThrow();
      return id;
    },
  );
}

export const dayBefore = (day: string): string =>
  new Date(Date.parse(day) - 86_400_000).toISOString().slice(0, 10);

async function endBefore(
  trx: Trx,
  of: Record<'publisher' | 'partner' | 'offer', string | null>,
  since: string,
): Promise<void> {
  const last = dayBefore(since);
  let query = trx
    .updateTable('payout_rules')
    .set({ until: last })
    .where((where) => where.or([where('until', 'is', null), where('until', '>=', since)]))
    .where((where) => where.or([where('since', 'is', null), where('since', '<', since)]));
  for (const [name, value] of Object.entries(of) as ['publisher', string | null][])
    query = value === null ? query.where(name, 'is', null) : query.where(name, '=', value);
  await query.execute();
}

/** Takes a rule out of use; what was settled by it stays so. Rejects where there is none of this number. */
export async function removePayoutRule(trx: Trx, id: number, who: string): Promise<void> {
  const removed = await trx
    .updateTable('payout_rules')
    .set({ removed_at: new Date() })
    .where('id', '=', id)
    .where('removed_at', 'is', null)
    .returningAll()
    .executeTakeFirst();
  if (!removed) throw new Error(`there is no payout rule ${id}`);
  const note = { who, what: 'payout rule removed', subject: removed.publisher ?? '*', before: removed };
  await writeAudit(trx, note);
}
