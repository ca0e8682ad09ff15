import { sql } from 'kysely';
import { executedMigrations } from './database.ts';
import { hasBus } from './erasure/pins.ts';
import { migrations } from './migrations.ts';
import { transact } from './plan.ts';
import { refold, type PartnerSettings } from './record.ts';
import type { Ledger } from './tables.ts';

/** What was looked at, how it is, and what to do where it is not well. */
export interface Finding {
  check: string;
  says: string;
  /** Undefined where all is well. */
  todo?: string | undefined;
}

interface Looking {
  settings: PartnerSettings;
  now: Date;
  /** Fold every conversion again, and not only those that changed last. */
  deep: boolean;
}

/** Looks at a ledger and changes nothing. */
export async function examineLedger(db: Ledger, looking: Looking): Promise<Finding[]> {
  return [
    await tables(db),
    await clock(db, looking.now),
    ...(await bus(db)),
    await count(db, 'poison', sql`select 1 from poison where data <> ''`, 'messages could not be recorded', 'look at them: select id, source, why from poison'), // prettier-ignore
    await count(db, 'quarantine', sql`select 1 from quarantine where outcome is null or outcome = 'quarantined'`, 'requests could not be read yet', 'mend the manifest, then: linkshare replay --partner <id> --plan'), // prettier-ignore
    await count(db, 'refused', sql`select 1 from refused where released_at is null and received_at > ${daysBefore(looking.now, 7)}`, 'requests were refused in 7 days', 'if they are the partner\'s: linkshare events --topic refused, then linkshare release'), // prettier-ignore
    await count(db, 'deliveries', sql`select 1 from deliveries d join postbacks p on p.publisher = d.publisher where d.state = 'waiting' and p.off_at is null and d.due_at < ${hoursBefore(looking.now, 1)}`, 'postbacks to publishers wait for more than an hour', 'see why: linkshare publisher deliveries --state waiting'), // prettier-ignore
    await count(db, 'postbacks', sql`select 1 from postbacks where off_at is not null`, "publishers' postbacks are switched off", 'when theirs is mended: linkshare publisher postback <id> --on'), // prettier-ignore
    await months(db, looking.now),
    await folds(db, looking),
  ];
}

const day = 86_400_000;
const daysBefore = (now: Date, days: number) => new Date(now.getTime() - days * day);
const hoursBefore = (now: Date, hours: number) => new Date(now.getTime() - hours * 3_600_000);

async function tables(db: Ledger): Promise<Finding> {
  const done = await executedMigrations(db);
  const missing = Object.keys(migrations).filter((name) => !done.includes(name));
  const newer = done.filter((name) => !Object.hasOwn(migrations, name));
  if (missing.length > 0) return { check: 'tables', says: `${missing.join(', ')} has not run`, todo: 'node dist/main.mjs migrate' }; // prettier-ignore
  if (newer.length > 0) return { check: 'tables', says: `${newer.join(', ')} is newer than this code`, todo: 'use the newest version' }; // prettier-ignore
  return { check: 'tables', says: `up to date (${done.at(-1)})` };
}

async function clock(db: Ledger, now: Date): Promise<Finding> {
  const { rows } = await sql<{ now: Date }>`select clock_timestamp() as now`.execute(db);
  const seconds = Math.round((now.getTime() - rows[0]!.now.getTime()) / 1000);
  const says = Math.abs(seconds) <= 30 ? "this machine and the database agree" : `this machine is ${Math.abs(seconds)} s ${seconds > 0 ? 'ahead of' : 'behind'} the database`; // prettier-ignore
  return { check: 'clock', says, todo: Math.abs(seconds) <= 30 ? undefined : 'set the clock that is wrong: timedatectl set-ntp true' }; // prettier-ignore
}

async function bus(db: Ledger): Promise<Finding[]> {
  if (!(await hasBus(db))) return [];
  const waiting = sql`select 1 from messages m where m.seq > coalesce((select c.seq from cursors c where c.topic = m.topic), 0)`; // prettier-ignore
  return [await count(db, 'bus', waiting, 'messages are not recorded yet', 'start LinkShare on this folder; if it runs, its log says why')]; // prettier-ignore
}

async function count(
  db: Ledger,
  check: string,
  rows: ReturnType<typeof sql>,
  what: string,
  todo: string,
): Promise<Finding> {
  const { rows: counted } = await sql<{ n: number }>`select count(*)::int as n from (${rows}) r`.execute(db);
  const { n } = counted[0]!;
  return { check, says: `${n} ${what}`, todo: n > 0 ? todo : undefined };
}

/** From the fifth on: a month is not closed on its last night. */
async function months(db: Ledger, now: Date): Promise<Finding> {
  const first = new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth(), 1));
  const { rows } = await sql<{ publisher: string }>`
    select distinct publisher from conversions c
    where payable_at < ${first} and payout_held is null and payout_amount <> 0
      and not exists (select from statement_lines l where l.key = c.key) order by 1`.execute(db);
  const last = new Date(first.getTime() - day).toISOString().slice(0, 7);
  const open = rows.map(({ publisher }) => publisher);
  const isDue = now.getUTCDate() >= 5 && open.length > 0;
  return { check: 'months', says: open.length > 0 ? `not closed up to ${last}: ${open.join(', ')}` : `closed up to ${last}`, todo: isDue ? `linkshare payout close ${last} --publisher ${open[0]}` : undefined }; // prettier-ignore
}

/** Conversions that are looked at where not all are asked for, and at once. */
const sample = 200;

async function folds(db: Ledger, { settings, deep }: Looking): Promise<Finding> {
  const differing: string[] = [];
  let looked = 0;
  for (let after: string | undefined = ''; after !== undefined;) {
    const keys: string[] = deep ? await keysAfter(db, after) : await newestKeys(db);
    const changes = await transact(db, true, (trx) => refold(trx, keys, settings));
    differing.push(...changes.map(({ after: row }) => row.key));
    looked += keys.length;
    after = deep && keys.length === sample ? keys.at(-1) : undefined;
  }
  const says = `${looked - differing.length} of ${looked} conversions fold to their rows again`;
  if (differing.length === 0) return { check: 'folds', says };
  return { check: 'folds', says: `${says}; not: ${differing.slice(0, 5).join(' ')}`, todo: 'a rule or a rate changed, or a manifest its repeat window: the next event of these, or any change of a rule, brings them to it' }; // prettier-ignore
}

async function keysAfter(db: Ledger, after: string): Promise<string[]> {
  const rows = await db.selectFrom('conversions').select('key').where('key', '>', after).orderBy('key').limit(sample).execute(); // prettier-ignore
  return rows.map(({ key }) => key);
}

async function newestKeys(db: Ledger): Promise<string[]> {
  const rows = await db.selectFrom('conversions').select('key').orderBy('changed_at', 'desc').limit(sample).execute(); // prettier-ignore
  return rows.map(({ key }) => key);
}
