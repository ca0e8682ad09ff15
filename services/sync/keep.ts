import type { ConversionEvent } from '../contract/event.ts';
import type { QuarantineRecord } from '../contract/records.ts';
import type { Bus, Message, Topic } from '../runtime/bus.ts';
import { conversionMessage, quarantineMessage } from '../runtime/message.ts';
import type { SyncDatabase } from './database.ts';

/** Messages of one call. Each carries its row, and Pub/Sub takes 1,000 and 10 MB. */
const most = 200;

/** What is to be known of a sale or a row: under which key, what is said of it now, and the messages that say so. */
interface Said {
  key: string;
  said: string;
  messages: Message[];
}

/**
 * Publishes of a page what is news: what is said of a sale is compared with what was last published of it, so that a state that returns is
 * news, too, and a row that has not changed is none. Before it is published it is noted as uncertain: whoever is killed in between
 * publishes it once more, with the same id, which the ledger counts once. Resolves to how many messages there were.
 */
export async function keepPage(
  { db, bus }: { db: SyncDatabase; bus: Bus },
  partner: string,
  { events, quarantined }: { events: readonly ConversionEvent[]; quarantined: readonly QuarantineRecord[] },
): Promise<{ events: number; quarantined: number }> {
  return {
    events: await keepAll(db, bus, 'conversions', partner, salesOf(events)),
    quarantined: await keepAll(db, bus, 'quarantine', partner, quarantined.map(rowOf)),
  };
}

/** Several states of one sale on a page, each with its update time, are one saying. */
function salesOf(events: readonly ConversionEvent[]): Said[] {
  return [...Map.groupBy(events, ({ key }) => key)].map(([key, some]) => {
    const unique = [...new Map(some.map((event) => [event.id, event])).values()];
    return { key, said: unique.map(({ id }) => id).join(' '), messages: unique.map(conversionMessage) };
  });
}

/** A key of a sale begins with its partner, which holds no colon. */
const rowOf = (record: QuarantineRecord): Said => ({
  key: `unreadable:${record.id}`,
  said: record.id,
  messages: [quarantineMessage(record)],
});

async function keepAll(
  db: SyncDatabase,
  bus: Bus,
  topic: Topic,
  partner: string,
  all: readonly Said[],
): Promise<number> {
  let published = 0;
  for (let from = 0; from < all.length; from += most) {
    const news = await newsOf(db, partner, all.slice(from, from + most));
    if (news.length === 0) continue;
    const messages = news.flatMap((one) => one.messages);
    await note(db, partner, news, () => null);
    await bus.publish(topic, messages);
    await note(db, partner, news, ({ said }) => said);
    published += messages.length;
  }
  return published;
}

async function newsOf(db: SyncDatabase, partner: string, all: readonly Said[]): Promise<Said[]> {
  const rows = await db
    .selectFrom('sync_rows')
    .select(['key', 'said'])
    .where('partner', '=', partner)
    .where(
      'key',
      'in',
      all.map(({ key }) => key),
    ) // prettier-ignore
    .execute();
  const known = new Map(rows.map(({ key, said }) => [key, said]));
  return [...new Map(all.map((one) => [one.key, one])).values()].filter(({ key, said }) => known.get(key) !== said); // prettier-ignore
}

async function note(
  db: SyncDatabase,
  partner: string,
  news: readonly Said[],
  saidOf: (one: Said) => string | null,
): Promise<void> {
  await db
    .insertInto('sync_rows')
    .values(news.map((one) => ({ partner, key: one.key, said: saidOf(one) })))
    .onConflict((conflict) =>
      conflict.columns(['partner', 'key']).doUpdateSet((set) => ({ said: set.ref('excluded.said') })),
    ) // prettier-ignore
    .execute();
}
