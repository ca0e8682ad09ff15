import { sql } from 'kysely';
import type { ConversionEvent } from '../../contract/event.ts';
import type { Trx } from '../audit.ts';
import { clean } from './clean.ts';
import { momentsOf, type Period } from './period.ts';
import type { Waiting } from './waiting.ts';

const parse = <T>(rows: readonly { data: string }[]): T[] => rows.map(({ data }) => JSON.parse(data) as T);

/** The next keys of the report that are not told yet, in their order, with all their rows. `counts`: a row of it is in the period. */
export async function nextRows(trx: Trx, run: number, after: string, limit: number) {
  const { rows } = await sql<{ key: string; counts: boolean; data: string }>`
    with page as (
      select distinct key from reconcile_rows
      where run = ${run} and key > ${after} order by key limit ${limit})
    select r.key, r.counts, r.data from reconcile_rows r join page using (key) where r.run = ${run} order by r.key`.execute(trx);
  return rows;
} // prettier-ignore

/** Of these keys those that are told already, with another one. */
export async function toldOf(trx: Trx, run: number, keys: readonly string[]): Promise<Set<string>> {
  const rows = await trx
    .selectFrom('reconcile_told')
    .select('key')
    .where('run', '=', run)
    .where('key', '=', anyOf(keys))
    .execute();
  return new Set(rows.map(({ key }) => key));
}

export async function markTold(trx: Trx, run: number, keys: readonly string[]): Promise<void> {
  if (keys.length === 0) return;
  const rows = [...new Set(keys)].map((key) => ({ run, key }));
  await trx.insertInto('reconcile_told').values(rows).onConflict((on) => on.doNothing()).execute(); // prettier-ignore
}

/** Rows of the report with one of these ids as their conversion's or their order's. */
export async function rowsNamed(trx: Trx, run: number, names: readonly string[]): Promise<ConversionEvent[]> {
  if (names.length === 0) return [];
  const rows = await trx
    .selectFrom('reconcile_rows')
    .select('data')
    .where('run', '=', run)
    .where((where) =>
      where.or([where('conversion_id', '=', anyOf(names)), where('order_id', '=', anyOf(names))]),
    )
    .execute();
  return parse(rows);
}

/** Keys of conversions with one of these ids as theirs or their order's, that the report does not have under their key. */
export async function unreportedNamed(trx: Trx, run: number, partner: string, names: readonly string[]): Promise<string[]> {
  if (names.length === 0) return [];
  const { rows } = await sql<{ key: string }>`
    select c.key from conversions c
    where c.partner = ${partner} and (c.conversion_id = ${anyOf(names)} or c.order_id = ${anyOf(names)})
      and not exists (select from reconcile_rows r where r.run = ${run} and r.key = c.key)`.execute(trx);
  return rows.map(({ key }) => key);
} // prettier-ignore

/** The next conversions of the period that the report does not have, by their day; `place` is where the last page ended. */
export async function nextUnreported(
  trx: Trx,
  { run, partner, period, place, limit }: { run: number; partner: string; period: Period; place: string; limit: number },
): Promise<{ key: string; place: string }[]> {
  const { since, until } = momentsOf(period);
  const [at, key] = place === '' ? [since.toISOString(), ''] : (JSON.parse(place) as [string, string]);
  const { rows } = await sql<{ key: string; at: string }>`
    select c.key, to_char(day at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as at
    from conversions c, lateral (select coalesce(c.occurred_at, c.first_received_at) as day) d
    where c.partner = ${partner} and coalesce(c.occurred_at, c.first_received_at) < ${until}
      and (coalesce(c.occurred_at, c.first_received_at), c.key) > (${at}::timestamptz, ${key})
      and not exists (select from reconcile_rows r where r.run = ${run} and r.key = c.key)
      and not exists (select from reconcile_told t where t.run = ${run} and t.key = c.key)
    order by coalesce(c.occurred_at, c.first_received_at), c.key limit ${limit}`.execute(trx);
  return rows.map((row) => ({ key: row.key, place: JSON.stringify([row.at, row.key]) }));
} // prettier-ignore

/** Requests in which one of these ids stands. */
export async function waitingNamed(trx: Trx, run: number, names: readonly string[]): Promise<Waiting[]> {
  if (names.length === 0) return [];
  const { rows } = await sql<{ data: string }>`
    select data from reconcile_waiting where run = ${run}
      and id in (select waiting from reconcile_names where run = ${run} and name = ${anyOf(names)})`.execute(trx);
  return parse(rows);
} // prettier-ignore

/** The ids under which a sale may be found elsewhere. */
export const namesOf = (sales: readonly { conversionId: string; orderId?: string | undefined }[]): string[] => [
  ...new Set(sales.flatMap(({ conversionId, orderId }) => [conversionId, ...(orderId === undefined ? [] : [orderId])]).map(clean)),
]; // prettier-ignore

const anyOf = (texts: readonly string[]) => sql<string>`any(${sql.val(texts)}::text[])`;
