import { sql } from 'kysely';
import type { ConversionEvent } from '../contract/event.ts';
import type { Trx } from './audit.ts';
import { forgetHistories, loadPins } from './erasure/pins.ts';
import { loadSurroundings, makeRow } from './makeRow.ts';
import type { PaysUnverified } from './payouts/payout.ts';
import type { ConversionRow } from './row.ts';
import type { Ledger } from './tables.ts';

/** What the ledger must know of partners. */
export interface PartnerSettings {
  /** Milliseconds in which the same report counts as a late retry, where no update time is sent. */
  repeatWindow: (partner: string) => number;
  paysUnverified: PaysUnverified;
}

export type { Trx };

/** A row that is another now, with what it was. */
export interface Change {
  before: ConversionRow | undefined;
  after: ConversionRow;
}

/** What is done with changes in the same transaction: so that none is lost, and none remains of a row that was rolled back. */
export type OnChange = (trx: Trx, changes: Change[]) => Promise<void>;

/**
 * Records events in one transaction: history first, then the rows that are folded from it. Events that are known write nothing; the same
 * report that came at another time is history, since an earlier state may return: what it changes, if anything, is fold's to say.
 * Resolves to how many were news. Two ledgers at once wait for each other, conversion by conversion.
 */
export function record(
  db: Ledger,
  events: readonly ConversionEvent[],
  settings: PartnerSettings,
  onChange?: OnChange,
): Promise<number> {
  return db.transaction().execute((trx) => recordIn(trx, events, settings, onChange));
}

export async function recordIn(
  trx: Trx,
  events: readonly ConversionEvent[],
  settings: PartnerSettings,
  onChange?: OnChange,
): Promise<number> {
  const keys = await insertEvents(trx, events);
  if (keys.length > 0) await refold(trx, [...new Set(keys)], settings, onChange);
  return keys.length;
}

/** In the order of ids, so that two that insert the same ones do not wait for each other in a circle. The keys of those that are news. */
async function insertEvents(trx: Trx, events: readonly ConversionEvent[]): Promise<string[]> {
  const sorted = [...events].sort((a, b) => (a.id + a.receivedAt < b.id + b.receivedAt ? -1 : 1));
  const column = (of: (event: ConversionEvent) => string) => sql.val(sorted.map(of));
  const { rows } = await sql<{ key: string }>`
    insert into events (id, key, partner, received_at, data)
    select * from unnest(
      ${column(({ id }) => id)}::text[], ${column(({ key }) => clean(key))}::text[],
      ${column(({ partner }) => clean(partner))}::text[], ${column(({ receivedAt }) => receivedAt)}::timestamptz[],
      ${column((event) => JSON.stringify(event))}::text[])
    on conflict (id, received_at) do nothing
    returning key`.execute(trx);
  return rows.map(({ key }) => key);
}

/** Postgres' text holds no zero character. */
const clean = (text: string) => text.replaceAll('\0', '\uFFFD');

/** Makes the rows of conversions again from their history. Also what a changed rule asks for. */
export async function refold(
  trx: Trx,
  keys: readonly string[],
  settings: PartnerSettings,
  onChange?: OnChange,
): Promise<Change[]> {
  await lock(trx, keys);
  const pins = await loadPins(trx, keys);
  // What has come since for those whose person was erased loses it too.
  if (pins.size > 0) await forgetHistories(trx, [...pins.keys()]);
  const histories = await loadHistories(trx, keys);
  const rows = await loadRows(trx, keys);
  const around = await loadSurroundings(trx, { histories, rows, pins, settings });
  const changes: Change[] = [];
  for (const [key, history] of histories) {
    const before = rows.get(key);
    const after = makeRow(history, around);
    if (!isSame(before, after)) changes.push({ before, after });
  }
  await upsert(trx, changes.map(({ after }) => after)); // prettier-ignore
  if (changes.length > 0) await onChange?.(trx, changes);
  return changes;
}

/** Held until the transaction ends; whoever waits reads the history that the other has written. In order, so that nobody waits in a circle. */
export async function lock(trx: Trx, keys: readonly string[]): Promise<void> {
  await sql`
    select pg_advisory_xact_lock(n)
    from (select distinct hashtextextended(key, 0) as n from unnest(${sql.val(keys)}::text[]) as key order by n) as sorted`.execute(
    trx,
  );
}

/** Every event of these conversions, by key. */
export async function loadHistories(
  trx: Trx,
  keys: readonly string[],
): Promise<Map<string, ConversionEvent[]>> {
  const rows = await trx
    .selectFrom('events')
    .select(['key', 'data'])
    .where('key', '=', sql<string>`any(${sql.val(keys)}::text[])`)
    .execute();
  const histories = new Map<string, ConversionEvent[]>();
  for (const { key, data } of rows) {
    const history = histories.get(key) ?? [];
    histories.set(key, history);
    history.push(JSON.parse(data) as ConversionEvent);
  }
  return histories;
}

async function loadRows(trx: Trx, keys: readonly string[]): Promise<Map<string, ConversionRow>> {
  const rows = await trx
    .selectFrom('conversions')
    .selectAll()
    .where('key', '=', sql<string>`any(${sql.val(keys)}::text[])`)
    .execute();
  return new Map(rows.map(({ changed_at: _, ...row }) => [row.key, row]));
}

const isSame = (a: ConversionRow | undefined, b: ConversionRow) =>
  a !== undefined && JSON.stringify(inOrder(a)) === JSON.stringify(inOrder(b));

const inOrder = (row: ConversionRow) => Object.entries(row).sort(([a], [b]) => (a < b ? -1 : 1));

/** One parameter for all rows: each column's own would be more than a statement bears. */
export async function upsert(trx: Trx, rows: readonly ConversionRow[]): Promise<void> {
  if (rows.length === 0) return;
  const columns = Object.keys(rows[0]!).map((name) => sql.ref(name));
  const updates = columns.map((column) => sql`${column} = excluded.${column}`);
  await sql`
    insert into conversions (${sql.join(columns)})
    select ${sql.join(columns)} from json_populate_recordset(null::conversions, ${JSON.stringify(rows)}::json)
    on conflict (key) do update set ${sql.join(updates)}, changed_at = clock_timestamp()`.execute(trx);
}
