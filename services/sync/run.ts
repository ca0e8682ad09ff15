import { factsOf } from '../manifest/connectors.ts';
import type { Partner } from '../manifest/compile.ts';
import type { Bus } from '../runtime/bus.ts';
import type { SyncDatabase } from './database.ts';
import { fetchPart, reportOf, type FetchParts } from './fetchReport.ts';
import { keepPage } from './keep.ts';
import { takeLease, type Lease } from './lease.ts';
import { partsOf, periodOf, type Period } from './period.ts';

export interface RunParts extends FetchParts {
  db: SyncDatabase;
  bus: Bus;
}

/** What a run found, and what of it was news. */
export interface Counts {
  pages: number;
  rows: number;
  /** Events published: sales that are new or have changed. */
  published: number;
  /** Rows that could not be read, and of them those that were put aside now. */
  unreadable: number;
  quarantined: number;
  /** Rows that are no conversions. */
  ignored: number;
}

export interface RunResult {
  partner: string;
  counts: Counts;
  /** Why it did not come to its end, for each account that did not. */
  failures: string[];
}

/**
 * Takes a partner's report once: fetched, read, and what is news published. A cursor moves only when everything before it is kept, so a run
 * that is cut off anywhere is made good by the next. One account that fails does not keep the others from being taken. Rejects with Busy
 * while another run is at it, and where what was asked for makes no sense.
 */
export async function runSync(partner: Partner, asked: Partial<Period>, parts: RunParts): Promise<RunResult> {
  const { accounts } = reportOf(partner);
  const { now = () => new Date() } = parts;
  periodOf(asked, { cursor: undefined, lookback: 1, now: now() });
  const lease = await takeLease(parts.db, partner.id);
  const counts: Counts = { pages: 0, rows: 0, published: 0, unreadable: 0, quarantined: 0, ignored: 0 };
  const failures: string[] = [];
  try {
    for (const account of accounts)
      await takeAccount(partner, account, asked, { ...parts, now, lease, counts }).catch((error: unknown) => {
        const why = `${account === undefined ? '' : `${account}: `}${(error as Error).message}`;
        failures.push(why);
        parts.log.error('report not taken', { partner: partner.id, account, why });
      });
  } finally {
    await lease.release({ why: failures.join('\n') || undefined, counts });
  }
  parts.log.info('report taken', { partner: partner.id, whole: failures.length === 0, ...counts });
  return { partner: partner.id, counts, failures };
}

type AccountParts = RunParts & { lease: Lease; counts: Counts; now: () => Date };

async function takeAccount(
  partner: Partner,
  account: string | undefined,
  asked: Partial<Period>,
  parts: AccountParts,
): Promise<void> {
  const { from, lookback } = reportOf(partner);
  const cursor = await cursorOf(parts.db, partner.id, account);
  const period = periodOf(asked, { cursor, lookback, now: parts.now() });
  for (const part of partsOf(period, factsOf(from).days)) {
    for await (const page of fetchPart(partner, account, part, parts)) await takePage(partner, account, page, parts); // prettier-ignore
    // A file says nothing of the time that it covers; and a gap before the period would be passed over for ever.
    if (from !== 'csv' && (cursor === undefined || period.since <= cursor)) await moveCursor(parts.db, partner.id, account, part.until); // prettier-ignore
  }
}

async function takePage(
  { id }: Partner,
  account: string | undefined,
  page: Parameters<typeof keepPage>[2] & { rows: number; ignored: number },
  { db, bus, lease, counts, log }: AccountParts,
): Promise<void> {
  await lease.assertOurs();
  const kept = await keepPage({ db, bus }, id, page);
  counts.pages += 1;
  counts.rows += page.rows;
  counts.published += kept.events;
  counts.unreadable += page.quarantined.length;
  counts.quarantined += kept.quarantined;
  counts.ignored += page.ignored;
  if (page.rows > 1) log.info('report page', { partner: id, account, page: counts.pages, rows: page.rows, published: kept.events, quarantined: kept.quarantined }); // prettier-ignore
}

async function cursorOf(db: SyncDatabase, partner: string, account = ''): Promise<Date | undefined> {
  const row = await db
    .selectFrom('sync_cursors')
    .select('taken_until')
    .where('partner', '=', partner)
    .where('account', '=', account)
    .executeTakeFirst();
  return row?.taken_until;
}

/** Never back: what was taken stays taken. */
async function moveCursor(db: SyncDatabase, partner: string, account = '', until: Date): Promise<void> {
  await db
    .insertInto('sync_cursors')
    .values({ partner, account, taken_until: until })
    .onConflict(
      (conflict) =>
      conflict.columns(['partner', 'account']).doUpdateSet({ taken_until: until }).where('sync_cursors.taken_until', '<', until), // prettier-ignore
    )
    .execute();
}
