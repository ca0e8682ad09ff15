import type { Message, Topic } from '../bus.ts';
import type { Database } from './database.ts';

export interface KeptMessage extends Message {
  /** The order in which messages were kept: 1, 2 .. with gaps. */
  seq: number;
  topic: Topic;
  keptAt: Date;
}

interface Range {
  topic: Topic;
  limit: number;
  /** Only messages kept before the one with this `seq`: how to page. */
  before?: number | undefined;
}

/** The messages kept last, newest first. */
export async function recentMessages(db: Database, { topic, limit, before }: Range): Promise<KeptMessage[]> {
  const rows = await db
    .selectFrom('messages')
    .selectAll()
    .where('topic', '=', topic)
    .$if(before !== undefined, (query) => query.where('seq', '<', before!))
    .orderBy('seq', 'desc')
    .limit(limit)
    .execute();
  return rows.map(({ seq, id, data, attributes, kept_at }) => ({
    seq,
    topic,
    id,
    data,
    attributes: JSON.parse(attributes) as Message['attributes'],
    keptAt: kept_at,
  }));
}

/** For people and programs that read events: `data` as what it says, or as the text that it is where it is no JSON. */
export function readable({ data, ...rest }: KeptMessage): Omit<KeptMessage, 'data'> & { data: unknown } {
  try {
    return { ...rest, data: JSON.parse(data) as unknown };
  } catch {
    return { ...rest, data };
  }
}
