import { sql } from 'kysely';
import { topics, type Topic } from '../runtime/bus.ts';
import type { Database } from '../runtime/embedded/database.ts';
import type { Log } from '../runtime/log.ts';
import type { Intake } from './intake.ts';
import type { Trx } from './record.ts';

export interface Follower {
  /** To be called when something was published: it is recorded soon. */
  wake(): void;
  /** Resolves when all that was published before is recorded. */
  caughtUp(): Promise<void>;
  /** Finishes the batch under way. */
  stop(): Promise<void>;
}

/** Few: the embedded database does one thing at a time, and postbacks wait meanwhile. */
const batch = 100;
/** Milliseconds after which a batch that failed is tried again. */
const patience = 1_000;

/** Records what the embedded bus holds, from where it had got to: the place is written in the same transaction as the rows. */
export function followBus(db: Database, intake: Intake, log: Log): Follower {
  let running: Promise<void> | undefined;
  let again = false;
  let stopped = false;
  let timer: NodeJS.Timeout | undefined;

  async function run(): Promise<void> {
    do {
      again = false;
      for (const topic of topics) while (!stopped && (await takeBatch(topic)));
    } while (again && !stopped);
  }

  async function takeBatch(topic: Topic): Promise<boolean> {
    const rows = await nextRows(db, topic);
    const last = rows.at(-1);
    if (!last) return false;
    const { poison } = await intake.take(topic, rows.map(({ data }) => data), (trx) => moveTo(trx, topic, last.seq)); // prettier-ignore
    if (poison > 0) log.error('poison', { topic, poison });
    return rows.length === batch;
  }

  function wake(): void {
    again = true;
    if (running || stopped) return;
    clearTimeout(timer);
    running = run()
      .catch((error: unknown) => {
        log.error('not recorded yet', { why: String(error) });
        again = false;
        timer = setTimeout(wake, patience);
      })
      .finally(() => {
        running = undefined;
        // It may have been called after the last look.
        if (again) wake();
      });
  }

  return {
    wake,
    async caughtUp() {
      wake();
      await running;
    },
    async stop() {
      stopped = true;
      clearTimeout(timer);
      await running;
    },
  };
}

function nextRows(db: Database, topic: Topic) {
  return db
    .selectFrom('messages')
    .select(['seq', 'data'])
    .where('topic', '=', topic)
    .where('seq', '>', sql<number>`coalesce((select seq from cursors where topic = ${topic}), 0)`)
    .orderBy('seq')
    .limit(batch)
    .execute();
}

const moveTo = (trx: Trx, topic: Topic, seq: number) =>
  trx
    .insertInto('cursors')
    .values({ topic, seq })
    .onConflict((conflict) => conflict.column('topic').doUpdateSet({ seq }))
    .execute();
