import { sql, type Kysely } from 'kysely';
import type { Migration } from 'kysely/migration';

/** Forward only: a migration that has run anywhere is never changed. */
export const migrations: Record<string, Migration> = {
  '001-messages': {
    async up(db: Kysely<unknown>) {
      // `data` is text: JSON types refuse \u0000, and what was sent is kept as it was sent.
      await sql`
        create table messages (
          seq bigserial primary key,
          topic text not null,
          id text not null,
          data text not null,
          attributes text not null,
          kept_at timestamptz not null default clock_timestamp()
        )`.execute(db);
      await sql`create index messages_by_id on messages (topic, id, kept_at desc)`.execute(db);
    },
  },
  '002-messages-by-topic': {
    async up(db: Kysely<unknown>) {
      // The last of a topic with few messages (refused) would else be looked for through all of the others.
      await sql`create index messages_by_topic on messages (topic, seq)`.execute(db);
    },
  },
};
