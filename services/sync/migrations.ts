import { sql, type Kysely } from 'kysely';
import type { Migration } from 'kysely/migration';

const script = (...statements: string[]): Migration => ({
  async up(db: Kysely<unknown>) {
    for (const statement of statements) await sql.raw(statement).execute(db);
  },
});

/**
 * Sync's own tables, in the ledger's database. They have a list of their own, and not the ledger's next number: nothing of the ledger
 * reads them, and neither folder may import the other. Their names begin with `sync`: by that its accounts may write them (ledger/access.ts).
 * Forward only: a migration that has run anywhere is never changed. The same on PGlite and PostgreSQL.
 */
export const migrations: Record<string, Migration> = {
  '001-sync': script(
    // Up to when a report was taken. One for each of our accounts there; '' where there is one.
    `create table sync_cursors (
      partner text not null,
      account text not null,
      taken_until timestamptz not null,
      primary key (partner, account)
    )`,
    // What was last published of a sale or of an unreadable row. Null while that is not certain: then it is published again.
    `create table sync_rows (
      partner text not null,
      key text not null,
      said text,
      primary key (partner, key)
    )`,
    // Who fetches a report now, and how the last run ended.
    `create table sync_runs (
      partner text primary key,
      lease text,
      leased_until timestamptz,
      started_at timestamptz not null,
      ended_at timestamptz,
      why text,
      counts text,
      check ((lease is null) = (leased_until is null))
    )`,
  ),
};
