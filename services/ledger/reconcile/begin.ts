import { sql } from 'kysely';
import type { ConversionEvent } from '../../contract/event.ts';
import type { QuarantineRecord } from '../../contract/records.ts';
import type { Partner } from '../../manifest/compile.ts';
import { zoneOf } from '../../contract/time.ts';
import type { Trx } from '../audit.ts';
import type { Ledger } from '../tables.ts';
import { clean } from './clean.ts';
import { isIn, margin, momentsOf, periodOf, type Period } from './period.ts';
import { emptySummary, type Summary } from './summary.ts';
import { keepWaiting } from './keepWaiting.ts';
import { mentionsOf } from './findWaiting.ts';
import type { Waiting } from './waiting.ts';

export interface Run {
  id: number;
  partner: string;
  period: Period;
}

interface Begun {
  run: number;
  zone: string;
  /** What the report is to be asked for: the period and some days beside it. */
  since: string;
  until: string;
}

/** Begins a reconciliation, and forgets the reports of those that are done with. Throws, for the user, where the days make no sense. */
export async function beginRun(
  db: Ledger,
  { partner, from, to, zone }: { partner: string; from: string; to: string; zone: string },
  who: string,
): Promise<Begun> {
  const period = periodOf(from, to, zone);
  await forget(db);
  const { id } = await db
    .insertInto('reconcile_runs')
    .values({ partner, since: from, until: to, zone, began_by: who, summary: JSON.stringify(emptySummary()) })
    .returning('id')
    .executeTakeFirstOrThrow();
  const { since, until } = momentsOf(period, margin);
  return { run: id, zone, since: since.toISOString(), until: until.toISOString() };
}

/** What is compared is needed for an hour after it (to heal), or a day if it never ended; of the runs of a partner the last hundred stay. */
async function forget(db: Ledger): Promise<void> {
  const over = sql`select id from reconcile_runs where done_at < now() - interval '1 hour' or began_at < now() - interval '1 day'`;
  for (const table of ['rows', 'waiting', 'names', 'told'])
    await sql`delete from ${sql.table(`reconcile_${table}`)} where run in (${over})`.execute(db);
  await sql`delete from reconcile_runs where id in (
    select id from (select id, row_number() over (partition by partner order by id desc) as age from reconcile_runs) aged
    where age > 100)`.execute(db);
}

/** The run, locked: two that go on with it at once go one after the other. Rejects where there is none. */
export async function lockRun(trx: Trx, id: number) {
  const row = await trx.selectFrom('reconcile_runs').selectAll().where('id', '=', id).forUpdate().executeTakeFirst(); // prettier-ignore
  if (!row) throw new Error(`there is no reconciliation ${id}`);
  const { since: from, until: to } = row;
  return { ...row, period: { from, to, zone: zoneOf(row.zone)! } };
}

/** Takes a page of the report, with its rows that cannot be read. A page that is sent twice is there once. */
export async function addPage(
  trx: Trx,
  { run, partner }: { run: number; partner: Partner },
  { events, unreadable }: { events: readonly ConversionEvent[]; unreadable: readonly QuarantineRecord[] },
): Promise<void> {
  const { period, phase } = await lockRun(trx, run);
  if (phase !== 'report') throw new Error(`reconciliation ${run} compares already: begin another one`);
  const other = events.find((event) => event.partner !== partner.id || event.via !== 'report');
  if (other) throw new Error(`${other.key} is no row of the report of ${partner.id}`);
  await insertRows(trx, run, events, period);
  if (unreadable.length > 0) await countUnreadable(trx, run, unreadable.length);
  await keepWaiting(trx, run, unreadable.map((record) => rowThatWaits(partner, record)));
} // prettier-ignore

const rowThatWaits = (partner: Partner, record: QuarantineRecord): Waiting => ({
  kind: 'row',
  id: record.id,
  receivedAt: record.receivedAt,
  why: record.reasons.map(({ field, why }) => `${field} ${why}`).join('; '),
  mentions: mentionsOf(partner, record, () => []),
});

async function countUnreadable(trx: Trx, run: number, more: number): Promise<void> {
  const { summary } = await lockRun(trx, run);
  const known = JSON.parse(summary) as Summary;
  const next = { ...known, unreadable: known.unreadable + more };
  await trx.updateTable('reconcile_runs').set({ summary: JSON.stringify(next) }).where('id', '=', run).execute(); // prettier-ignore
}

/** Begins another run on the report that a run has compared: after healing. Rejects where it is forgotten. */
export async function beginAgain(trx: Trx, run: number, who: string): Promise<{ run: number }> {
  const { partner, since, until, zone, complete, broke_off, phase, done_at, summary } = await lockRun(trx, run); // prettier-ignore
  const isOld = done_at !== null && Date.now() - done_at.getTime() > 3_000_000;
  if (phase !== 'done' || isOld) throw new Error(`the report of reconciliation ${run} is not there: reconcile again`); // prettier-ignore
  const { unreadable } = JSON.parse(summary) as Summary;
  const empty = JSON.stringify({ ...emptySummary(), unreadable });
  const { id } = await trx
    .insertInto('reconcile_runs')
    .values({ partner, since, until, zone, began_by: who, summary: empty, complete, broke_off, phase: 'quarantine' }) // prettier-ignore
    .returning('id')
    .executeTakeFirstOrThrow();
  await sql`
    insert into reconcile_rows (run, id, key, conversion_id, order_id, counts, data)
    select ${id}::bigint, id, key, conversion_id, order_id, counts, data from reconcile_rows where run = ${run}`.execute(trx);
  await sql`insert into reconcile_waiting (run, id, data) select ${id}::bigint, id, data from reconcile_waiting where run = ${run}`.execute(trx);
  await sql`insert into reconcile_names (run, name, waiting) select ${id}::bigint, name, waiting from reconcile_names where run = ${run}`.execute(trx);
  return { run: id };
} // prettier-ignore

async function insertRows(trx: Trx, run: number, events: readonly ConversionEvent[], period: Period): Promise<void> {
  const rows = events.map((event) => ({
    run,
    id: event.id,
    key: clean(event.key),
    conversion_id: clean(event.conversionId),
    order_id: event.orderId === undefined ? null : clean(event.orderId),
    counts: isIn(period, event),
    data: JSON.stringify(withoutRaw(event)),
  }));
  await sql`
    insert into reconcile_rows (run, id, key, conversion_id, order_id, counts, data)
    select run, id, key, conversion_id, order_id, counts, data from json_populate_recordset(null::reconcile_rows, ${JSON.stringify(rows)}::json)
    on conflict (run, id) do nothing`.execute(trx);
} // prettier-ignore

const withoutRaw = ({ raw: _, ...event }: ConversionEvent) => event;
