import { createHash } from 'node:crypto';
import { sql } from 'kysely';
import { conversionEvent } from '../contract/event.ts';
import { quarantineRecord, refusedRecord } from '../contract/records.ts';
import type { Topic } from '../runtime/bus.ts';
import { keepQuarantined, keepRefused } from './aside.ts';
import { recordIn, type OnChange, type PartnerSettings, type Trx } from './record.ts';
import type { Ledger } from './tables.ts';

export interface Taken {
  /** Events and records that were news. */
  news: number;
  /** Messages that could not be recorded: stored with their reason, so that they block nobody. */
  poison: number;
}

export interface Intake {
  /**
   * Records messages of a topic in one transaction; `also` runs in it. Rejects where the database is away, so that they come again: what
   * it rejects with has recorded nothing.
   */
  take(topic: Topic, data: readonly string[], also?: (trx: Trx) => Promise<unknown>): Promise<Taken>;
  /** The same in a transaction of the caller's. */
  takeIn(trx: Trx, topic: Topic, data: readonly string[]): Promise<Taken>;
}

type Keep = (trx: Trx, data: readonly string[]) => Promise<number>;

export function createIntake(db: Ledger, settings: PartnerSettings, onChange?: OnChange): Intake {
  const keepers: Record<Topic, Keep> = {
    conversions: (trx, data) => recordIn(trx, data.map((text) => conversionEvent.parse(JSON.parse(text))), settings, onChange), // prettier-ignore
    quarantine: (trx, data) => keepQuarantined(trx, data.map((text) => quarantineRecord.parse(JSON.parse(text)))), // prettier-ignore
    refused: (trx, data) =>
      keepRefused(
        trx,
        data.map((text) => refusedRecord.parse(JSON.parse(text))),
      ),
  };
  const takeIn: Intake['takeIn'] = (trx, topic, data) => takeAll(trx, topic, data, keepers[topic]);
  return {
    takeIn,
    take: (topic, data, also) =>
      db.transaction().execute(async (trx) => {
        const taken = await takeIn(trx, topic, data);
        await also?.(trx);
        return taken;
      }),
  };
}

/** All at once; where that does not go, one by one, so that the bad ones are found and the others kept. */
async function takeAll(trx: Trx, topic: Topic, data: readonly string[], keep: Keep): Promise<Taken> {
  if (data.length === 0) return { news: 0, poison: 0 };
  try {
    return { news: await inSavepoint(trx, () => keep(trx, data)), poison: 0 };
  } catch (error) {
    if (mayPass(error)) throw error;
    if (data.length === 1) return setAside(trx, topic, data[0]!, error);
  }
  const sum: Taken = { news: 0, poison: 0 };
  for (const text of data) {
    const { news, poison } = await takeAll(trx, topic, [text], keep);
    sum.news += news;
    sum.poison += poison;
  }
  return sum;
}

async function inSavepoint<T>(trx: Trx, work: () => Promise<T>): Promise<T> {
  await sql`savepoint one`.execute(trx);
  try {
    const result = await work();
    await sql`release savepoint one`.execute(trx);
    return result;
  } catch (error) {
    // A connection that is gone cannot roll back either: then that is what went wrong.
    await sql`rollback to savepoint one`.execute(trx);
    throw error;
  }
}

async function setAside(trx: Trx, topic: Topic, data: string, error: unknown): Promise<Taken> {
  const id = createHash('sha256').update(`${topic}\n${data}`).digest('hex');
  const why = String(error).slice(0, 2_000);
  const row = { id, source: topic, data: cleaned(data), why: cleaned(why) };
  await trx
    .insertInto('poison')
    .values(row)
    .onConflict((conflict) => conflict.column('id').doNothing())
    .execute();
  return { news: 0, poison: 1 };
}

const cleaned = (text: string) => text.replaceAll('\0', '\uFFFD').toWellFormed();

/**
 * Whether it is the database that is away or busy, and not the message that is wrong: connections (08, 57, and Node's own codes), lack of
 * resources (53), deadlocks (40): https://www.postgresql.org/docs/current/errcodes-appendix.html
 */
export function mayPass(error: unknown): boolean {
  const { code, message = '' } = (error ?? {}) as { code?: unknown; message?: string };
  if (typeof code === 'string' && /^[0-9A-Z]{5}$/.test(code)) return /^(08|40|53|55|57|58|XX)/.test(code);
  return typeof code === 'string' || /connection|terminated|closed|timeout/i.test(message);
}
