import { sql } from 'kysely';
import { writeAudit, type Trx } from '../audit.ts';
import type { Ledger } from '../tables.ts';
import type { Claimed } from './claim.ts';
import type { Outcome } from './outcome.ts';
import { nextAttempt, pauseAfter, readRetryAfter, type Chance } from './schedule.ts';
import type { Answer } from './send.ts';

export interface Attempt {
  delivery: Claimed;
  answer: Answer;
  outcome: Outcome;
  /** When it ended. */
  now: Date;
}

export interface Finished {
  /** False: the lease had ended, somebody else has it, and nothing is written. */
  written: boolean;
  /** Why the publisher's postbacks are switched off by this attempt. */
  off?: string;
}

/** Of an answer, what the log of attempts keeps. */
const kept = 500;

/** Writes an attempt and what follows from it, in one transaction: the delivery's next due time, and how the publisher fares. */
export function finish(db: Ledger, attempt: Attempt, chance: Chance): Promise<Finished> {
  return db.transaction().execute(async (trx) => {
    if (!(await writeDelivery(trx, attempt, chance))) return { written: false };
    await writeAttempt(trx, attempt);
    const off = await writePublisher(trx, attempt, chance);
    return { written: true, ...(off !== undefined && { off }) };
  });
}

async function writeDelivery(
  trx: Trx,
  { delivery, answer, outcome, now }: Attempt,
  chance: Chance,
): Promise<boolean> {
  const attempts = delivery.attempts + 1;
  const wait = nextAttempt(attempts, readRetryAfter(answer.retryAfter, now), chance);
  const again = outcome.is === 'again' && wait !== undefined;
  const due = new Date(now.getTime() + (wait ?? 0));
  const end = outcome.is === 'delivered' ? 'delivered' : 'failed';
  const { rows } = await sql`
    update deliveries set attempts = ${attempts}, lease = null, leased_until = null,
      state = case when not ${again}::boolean then ${end} when newer is null then 'waiting' else 'superseded' end,
      due_at = case when ${again}::boolean then ${due}::timestamptz else due_at end,
      done_at = case when ${again}::boolean and newer is null then null else ${now}::timestamptz end
    where id = ${delivery.id} and lease = ${delivery.lease} returning id`.execute(trx);
  return rows.length > 0;
}

async function writeAttempt(trx: Trx, { delivery, answer, outcome, now }: Attempt): Promise<void> {
  const { status, ms, text, error } = answer;
  const row = { status, ms, answer: cut(text), error: outcome.why ?? error };
  await trx
    .insertInto('delivery_attempts')
    .values({
      ...row,
      error: row.error === null ? null : cut(row.error),
      delivery: delivery.id,
      number: delivery.attempts + 1,
      at: now,
    })
    .execute();
}

/** Postgres' text holds neither a zero character nor half a character. */
const cut = (text: string) => text.slice(0, kept).replaceAll('\0', '\uFFFD').toWellFormed();

/** Counts for all workers together. Resolves to why it is off since this attempt, if it is. */
async function writePublisher(
  trx: Trx,
  { delivery, answer, outcome, now }: Attempt,
  chance: Chance,
): Promise<string | undefined> {
  const { publisher, settings } = delivery;
  const row = await trx
    .selectFrom('postbacks')
    .selectAll()
    .where('publisher', '=', publisher)
    .forUpdate()
    .executeTakeFirst();
  if (!row) return undefined;
  const failures = outcome.is === 'delivered' ? 0 : row.failures + 1;
  const outages = outcome.present ? 0 : row.outages + 1;
  const wait = Math.max(
    outcome.present ? 0 : pauseAfter(outages, chance),
    readRetryAfter(answer.retryAfter, now),
  );
  const until = new Date(Math.max(now.getTime() + wait, row.paused_until?.getTime() ?? 0));
  const off =
    failures >= settings.offAfter && row.off_at === null
      ? `${failures} failures in a row, the last: ${outcome.why}`
      : undefined;
  const values = {
    failures,
    outages,
    ...(wait > 0 && { paused_until: until }),
    ...(off !== undefined && { off_at: now, off_why: cut(off) }),
  };
  await trx.updateTable('postbacks').set(values).where('publisher', '=', publisher).execute();
  if (off !== undefined)
    await writeAudit(trx, {
      who: 'outbound',
      what: 'postbacks switched off',
      subject: publisher,
      after: { why: off },
    });
  return off;
}
