import { sql } from 'kysely';
import type { Log } from '../../runtime/log.ts';
import { writeAudit } from '../audit.ts';
import type { Ledger } from '../tables.ts';
import { hasBus } from './pins.ts';
import { retention, type Rule } from './retention.ts';

/** What is past its time, and how much of it there is. */
export interface Past {
  what: string;
  days: number;
  rows: number;
}

/** Rows in one transaction: short, so that recording goes on between them. */
const batch = 100;
const day = 86_400_000;

/** What would go. */
export async function planRetention(db: Ledger, now: Date): Promise<Past[]> {
  const found: Past[] = [];
  for (const rule of await rulesFor(db)) {
    const { rows } = await sql<{ n: number }>`
      select count(*)::int as n from (${rule.past(edge(rule, now))}) past`.execute(db);
    found.push({ what: rule.what, days: rule.days, rows: rows[0]!.n });
  }
  return found;
}

/** Lets go what is past its time. Several may do so at once, and twice is as once. */
export async function runRetention(db: Ledger, now: Date, who: string): Promise<Past[]> {
  const done: Past[] = [];
  for (const rule of await rulesFor(db)) {
    let rows = 0;
    for (let some = batch; some === batch; rows += some) some = await forgetSome(db, rule, edge(rule, now));
    done.push({ what: rule.what, days: rule.days, rows });
  }
  const gone = done.filter(({ rows }) => rows > 0);
  const after = Object.fromEntries(gone.map(({ what, rows }) => [what, rows]));
  if (gone.length > 0)
    await db.transaction().execute((trx) => writeAudit(trx, { who, what: 'kept no longer', subject: 'ledger', after })); // prettier-ignore
  return done;
}

function forgetSome(db: Ledger, { past, forget }: Rule, before: Date): Promise<number> {
  return db.transaction().execute(async (trx) => {
    const { rows } = await sql<{ id: string; text: string }>`
      ${past(before)} limit ${batch} for update skip locked`.execute(trx);
    if (rows.length > 0) await forget(trx, rows);
    return rows.length;
  });
}

const edge = ({ days }: Rule, now: Date) => new Date(now.getTime() - days * day);

async function rulesFor(db: Ledger): Promise<Rule[]> {
  const isEmbedded = await hasBus(db);
  return retention.filter(({ isOfBus }) => isEmbedded || !isOfBus);
}

export interface Retention {
  stop(): Promise<void>;
}

/** Runs the retention at once and daily. Where it fails it says so, and tries again the next time. */
export function startRetention({ db, log }: { db: Ledger; log: Log }): Retention {
  let running: Promise<unknown> | undefined;
  const run = () => {
    running ??= runRetention(db, new Date(), 'retention')
      .then((done) => done.filter(({ rows }) => rows > 0))
      .then((gone) => gone.length > 0 && log.info('kept no longer', { gone }))
      .catch((error: unknown) => log.error('retention failed', { why: String(error) }))
      .then(() => (running = undefined));
  };
  const timer = setInterval(run, day).unref();
  run();
  return {
    async stop() {
      clearInterval(timer);
      await running;
    },
  };
}
