import { sql } from 'kysely';
import type { ConversionEvent } from '../../contract/event.ts';
import type { Trx } from '../audit.ts';
import { forgetEvent, standIn } from './forget.ts';

/**
 * Takes what names a person out of what reconciliations found of these sales; to be called while their events still tell what that is.
 * What a run found stays, in other words.
 */
export async function forgetCompared(trx: Trx, keys: readonly string[]): Promise<void> {
  const names = await namesOf(trx, keys);
  await forgetRows(trx, keys);
  const wanted = keys.map((key) => JSON.stringify(key));
  const { rows } = await sql<{ run: number; n: number; data: string; heal: string | null }>`
    select run, n, data, heal from reconcile_differences
    where exists (select from unnest(${sql.val(wanted)}::text[]) k where position(k in data) > 0)`.execute(
    trx,
  );
  for (const { run, n, data, heal } of rows)
    await trx
      .updateTable('reconcile_differences')
      .set({ data: JSON.stringify(without(JSON.parse(data), names)), heal: heal && forgotten(heal) })
      .where('run', '=', run)
      .where('n', '=', n)
      .execute();
}

const forgotten = (event: string) => JSON.stringify(forgetEvent(JSON.parse(event) as ConversionEvent));

/** The longest first: one may stand within another. */
async function namesOf(trx: Trx, keys: readonly string[]): Promise<string[]> {
  const events = await trx
    .selectFrom('events')
    .select('data')
    .where('key', '=', sql<string>`any(${sql.val(keys)}::text[])`)
    .execute();
  const all = events.flatMap(({ data }) => {
    const { clickId, orderId, publisherRef, subIds, extra } = JSON.parse(data) as ConversionEvent;
    return [clickId, orderId, publisherRef, ...subIds, ...Object.values(extra)];
  });
  const named = all.filter((name): name is string => name !== undefined && name.length >= 3);
  return [...new Set(named)].sort((a, b) => b.length - a.length);
}

async function forgetRows(trx: Trx, keys: readonly string[]): Promise<void> {
  const rows = await trx
    .selectFrom('reconcile_rows')
    .select(['run', 'id', 'key', 'order_id', 'data'])
    .where('key', '=', sql<string>`any(${sql.val(keys)}::text[])`)
    .execute();
  for (const { run, id, key, order_id, data } of rows)
    await trx
      .updateTable('reconcile_rows')
      .set({ data: forgotten(data), order_id: order_id && standIn(key, order_id) })
      .where('run', '=', run)
      .where('id', '=', id)
      .execute();
}

function without(value: unknown, names: readonly string[]): unknown {
  if (typeof value === 'string') return names.reduce((text, name) => text.replaceAll(name, 'erased'), value);
  if (Array.isArray(value)) return value.map((each) => without(each, names));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, without(inner, names)]));
}
