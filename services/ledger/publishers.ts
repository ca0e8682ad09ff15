import { createHash, randomBytes } from 'node:crypto';
import { z } from 'zod';
import { readCurrency } from '../contract/money.ts';
import { audited, type Trx } from './audit.ts';
import { ruleKinds } from './attribution.ts';
import { payoutKinds } from './payout.ts';

/** What an account manager may write; each is also a line of an import. */
export const publisherId = z.string().regex(/^[a-z0-9][a-z0-9-]{0,38}$/, 'an id is a-z, 0-9 and -');
const day = z.iso.date('write a day as 2026-11-24');
const decimal = z.string().regex(/^\d{1,12}(\.\d{1,8})?$/, 'write an amount as 2.70');
const currency = z.string().refine((code) => readCurrency(code).ok, 'is no ISO 4217 currency');

export const publisherInput = z.strictObject({
  id: publisherId,
  name: z.string().min(1).max(200),
  status: z.enum(['active', 'paused', 'closed']).optional(),
  contacts: z.record(z.string(), z.string()).optional(),
});

const span = { since: day.optional(), until: day.optional() };
const isSpan = ({ since, until }: { since?: string | undefined; until?: string | undefined }) =>
  since === undefined || until === undefined || since <= until;
const wrongSpan = 'ends before it begins';

export const attributionInput = z
  .strictObject({
    publisher: publisherId,
    kind: z.enum(ruleKinds),
    value: z.string().min(1).max(512),
    partner: z.string().optional(),
    priority: z.number().int().min(-1000).max(1000).optional(),
    ...span,
  })
  .refine(isSpan, wrongSpan)
  .refine(
    ({ kind, value }) => kind !== 'pattern' || /[^*]/.test(value),
    'a pattern of * alone would claim all',
  );

export const payoutInput = z
  .strictObject({
    publisher: publisherId.optional(),
    partner: z.string().optional(),
    offer: z.string().optional(),
    kind: z.enum(payoutKinds),
    rate: decimal.optional(),
    fixed: decimal.optional(),
    cap: decimal.optional(),
    minimum: decimal.optional(),
    currency: currency.optional(),
    holdDays: z.number().int().min(0).max(366).optional(),
    ...span,
  })
  .refine(isSpan, wrongSpan)
  .refine(
    ({ kind, rate }) => (kind === 'fixed') === (rate === undefined),
    'share and percent have a rate, fixed has none',
  ) // prettier-ignore
  .refine(({ kind, fixed }) => (kind === 'fixed') === (fixed !== undefined), 'only fixed has a fixed amount')
  .refine(({ rate = '0' }) => Number(rate) <= 100, 'a rate is at most 100 per cent')
  .refine(
    ({ fixed, cap, minimum, currency }) => currency !== undefined || (fixed ?? cap ?? minimum) === undefined,
    'an amount needs its currency',
  );

export async function addPublisher(
  trx: Trx,
  input: z.infer<typeof publisherInput>,
  who: string,
): Promise<void> {
  const { id, name, status = 'active', contacts = {} } = input;
  const known = await trx.selectFrom('publishers').select('id').where('id', '=', id).executeTakeFirst();
  if (known) throw new Error(`there is a publisher "${id}" already`);
  await audited(trx, { who, what: 'publisher added', subject: id, after: input }, () =>
    trx
      .insertInto('publishers')
      .values({ id, name, status, contacts: JSON.stringify(contacts) })
      .execute(),
  );
}

/** Rejects where there is none of this id. */
export async function setPublisher(
  trx: Trx,
  { id, ...changes }: Omit<z.infer<typeof publisherInput>, 'name'> & { name?: string | undefined },
  who: string,
): Promise<void> {
  const before = await publisherOf(trx, id);
  const { contacts, name, status } = changes;
  const values = {
    ...(name !== undefined && { name }),
    ...(status && { status }),
    ...(contacts && { contacts: JSON.stringify(contacts) }),
  };
  if (Object.keys(values).length === 0) return;
  await audited(trx, { who, what: 'publisher changed', subject: id, before, after: values }, () =>
    trx.updateTable('publishers').set(values).where('id', '=', id).execute(),
  );
}

export async function publisherOf(trx: Trx, id: string) {
  const found = await trx.selectFrom('publishers').selectAll().where('id', '=', id).executeTakeFirst();
  if (!found) throw new Error(`there is no publisher "${id}"`);
  return found;
}

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
      const row = { publisher, partner, offer, kind, rate, fixed, cap, minimum, currency: input.currency?.toUpperCase() ?? null, hold_days: holdDays, since, until }; // prettier-ignore
      const { id } = await trx
        .insertInto('payout_rules')
        .values(row)
        .returning('id')
        .executeTakeFirstOrThrow();
      return id;
    },
  );
}

async function endBefore(
  trx: Trx,
  of: Record<'publisher' | 'partner' | 'offer', string | null>,
  since: string,
): Promise<void> {
  const last = new Date(Date.parse(since) - 86_400_000).toISOString().slice(0, 10);
  let query = trx
    .updateTable('payout_rules')
    .set({ until: last })
    .where((where) => where.or([where('until', 'is', null), where('until', '>=', since)]))
    .where((where) => where.or([where('since', 'is', null), where('since', '<', since)]));
  for (const [name, value] of Object.entries(of) as ['publisher', string | null][])
    query = value === null ? query.where(name, 'is', null) : query.where(name, '=', value);
  await query.execute();
}

/** Makes a key for the reporting API. It is shown once: only its hash is kept. */
export async function addApiKey(trx: Trx, publisher: string, name: string, who: string): Promise<string> {
  await publisherOf(trx, publisher);
  const key = `ls_${randomBytes(24).toString('base64url')}`;
  const row = { hash: hashOfKey(key), publisher, name };
  await audited(trx, { who, what: 'API key made', subject: publisher, after: { name } }, () =>
    trx.insertInto('api_keys').values(row).execute(),
  );
  return key;
}

/** A key is 192 random bits: there is nothing to guess, so one round of a hash is enough. */
export const hashOfKey = (key: string) => createHash('sha256').update(key).digest('hex');
