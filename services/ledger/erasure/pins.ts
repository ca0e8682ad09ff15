import { sql } from 'kysely';
import type { ConversionEvent } from '../../contract/event.ts';
import type { Attribution } from '../publishers/attribution.ts';
import type { Trx } from '../audit.ts';
import type { Ledger } from '../tables.ts';
import { forgetEvent } from './forget.ts';

/** Whose an erased conversion is, and by what: what told so is gone, so it stays as it was. */
export type Pin = Omit<Attribution, 'by'> & { by: string };

/** The pins of erased conversions: of these keys, or all. */
export async function loadPins(db: Ledger, keys?: readonly string[]): Promise<Map<string, Pin>> {
  const rows = await db
    .selectFrom('erased')
    .select(['key', 'publisher', 'attributed_by as by', 'attribution_rule as rule'])
    .$if(keys !== undefined, (query) => query.where('key', '=', sql<string>`any(${sql.val(keys)}::text[])`))
    .execute();
  return new Map(rows.map(({ key, ...pin }) => [key, pin]));
}

/** Takes what names a person out of conversions' history, and out of the embedded bus where there is one. Resolves to how many events had any. */
export async function forgetHistories(trx: Trx, keys: readonly string[]): Promise<number> {
  const events = await trx
    .selectFrom('events')
    .select(['id', 'received_at', 'data'])
    .where('key', '=', sql<string>`any(${sql.val(keys)}::text[])`)
    .execute();
  let count = 0;
  for (const { id, received_at, data } of events) {
    const after = forgotten(data);
    if (after === data) continue;
    await trx.updateTable('events').set({ data: after, bare: true }).where('id', '=', id).where('received_at', '=', received_at).execute(); // prettier-ignore
    count++;
  }
  await forgetMessages(trx, keys);
  return count;
}

const forgotten = (data: string) => JSON.stringify(forgetEvent(JSON.parse(data) as ConversionEvent));

async function forgetMessages(trx: Trx, keys: readonly string[]): Promise<void> {
  if (!(await hasBus(trx))) return;
  const wanted = keys.map((key) => `"key":${JSON.stringify(key)}`);
  const { rows } = await sql<{ seq: number; data: string }>`
    select seq, data from messages where topic = 'conversions'
      and exists (select from unnest(${sql.val(wanted)}::text[]) k where position(k in data) > 0)`.execute(
    trx,
  );
  for (const { seq, data } of rows)
    await sql`update messages set data = ${forgotten(data)} where seq = ${seq} and data <> ${forgotten(data)}`.execute(trx); // prettier-ignore
}

/** Whether this database holds the embedded bus too. */
export async function hasBus(trx: Ledger): Promise<boolean> {
  const { rows } = await sql<{ is: boolean }>`select to_regclass('messages') is not null as is`.execute(trx);
  return rows[0]!.is;
}
