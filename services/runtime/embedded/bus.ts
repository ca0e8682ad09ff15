import { sql } from 'kysely';
import { createBatcher } from '../batch.ts';
import type { Bus, Message, Topic } from '../bus.ts';
import type { Database } from './database.ts';

interface Publication {
  topic: Topic;
  messages: Message[];
}

interface Question {
  topic: Topic;
  ids: string[];
}

/** Rows or ids of one statement. A call with more is still kept whole or not at all. */
const most = 500;

/** Text of one statement, in characters. Its rows are held four times over while it runs, and their bodies may be 128 kB each. */
const mostText = 4 * 1024 * 1024;

/** The bus as a table of the embedded database. Closing it leaves the database open: that is its opener's to close. */
export function createTableBus(db: Database): Bus {
  const writes = createBatcher<Publication, void>({
    weigh: ({ messages }) => messages.length / most + textOf(messages) / mostText,
    run: async (batch) => {
      await insert(db, batch.flatMap(toRows));
      return batch.map(() => undefined);
    },
  });
  const questions = createBatcher<Question, Map<string, Date>>({
    weigh: ({ ids }) => ids.length / most,
    run: (batch) => findLastKept(db, batch),
  });
  return {
    publish: (topic, messages) => writes.add({ topic, messages }),
    lastKept: (topic, ids) => questions.add({ topic, ids }),
    async close() {
      await Promise.all([writes.close(), questions.close()]);
    },
  };
}

const textOf = (messages: Message[]) => messages.reduce((sum, { data }) => sum + data.length, 0);

const toRows = ({ topic, messages }: Publication) =>
  messages.map(({ id, data, attributes }) => ({ topic, id, data, attributes: JSON.stringify(attributes) }));

type Row = ReturnType<typeof toRows>[number];

/** One statement is a transaction of its own. More rows than one statement bears (65,535 parameters) need a spoken one. */
async function insert(db: Database, rows: Row[]): Promise<void> {
  if (rows.length > most) return db.transaction().execute((transaction) => insertParts(transaction, rows));
  await insertParts(db, rows);
}

async function insertParts(db: Database, rows: Row[]): Promise<void> {
  for (let from = 0; from < rows.length; from += most)
    await db
      .insertInto('messages')
      .values(rows.slice(from, from + most))
      .execute();
}

async function findLastKept(db: Database, batch: Question[]): Promise<Map<string, Date>[]> {
  const ids = [...new Set(batch.flatMap((question) => question.ids))];
  if (ids.length === 0) return batch.map(() => new Map());
  const rows = await db
    .selectFrom('messages')
    .select(['topic', 'id', sql<Date>`max(kept_at)`.as('keptAt')])
    .where('topic', 'in', [...new Set(batch.map(({ topic }) => topic))])
    .where('id', 'in', ids)
    .groupBy(['topic', 'id'])
    .execute();
  const found = new Map(rows.map(({ topic, id, keptAt }) => [`${topic} ${id}`, keptAt]));
  return batch.map(({ topic, ids }) => {
    const known = ids.map((id) => [id, found.get(`${topic} ${id}`)] as const);
    return new Map(known.filter((pair): pair is [string, Date] => pair[1] !== undefined));
  });
}

export { readable, recentMessages, type KeptMessage } from './recent.ts';
