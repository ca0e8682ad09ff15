import { sql } from 'kysely';
import type { Ledger } from './tables.ts';

/** What the migrator keeps for itself. */
const migrators = ['ledger_migrations', 'ledger_migrations_lock'];

/** What a run of `sync` or `reconcile` reads of the ledger: what was said of sales, whose persons are erased, and nothing of publishers, rules, keys or secrets. */
const syncReads = ['conversions', 'events', 'quarantine', 'refused', 'erased', ...migrators];

/** What they write: tables of their own, which are called so. */
const syncWrites = /^(sync|reconcil)/;

/**
 * Two groups of rights for the accounts that use the ledger's tables and own none of them, made and kept up to date after each migration:
 * `linkshare_ledger`, for the ledger and for operators' commands, changes rows of all tables; `linkshare_sync` reads what a report is
 * compared with and writes its own tables. An account is a member of one of them. Needs the right to create roles.
 */
export async function grantAccess(db: Ledger): Promise<void> {
  const { rows } = await sql<{ name: string }>`
    select tablename as name from pg_tables where schemaname = current_schema()`.execute(db);
  const tables = rows.map(({ name }) => name);
  const own = tables.filter((name) => !migrators.includes(name));
  const writes = own.filter((name) => syncWrites.test(name));
  for (const group of ['linkshare_ledger', 'linkshare_sync']) await createGroup(db, group);
  await grant(db, 'linkshare_ledger', 'select, insert, update, delete', own);
  await grant(db, 'linkshare_ledger', 'select', migrators);
  await grant(db, 'linkshare_sync', 'select', syncReads);
  await grant(db, 'linkshare_sync', 'select, insert, update, delete', writes);
  await grantSequences(db, 'linkshare_ledger', own);
  await grantSequences(db, 'linkshare_sync', writes);
}

async function createGroup(db: Ledger, group: string): Promise<void> {
  const { rows } = await sql`select from pg_roles where rolname = ${group}`.execute(db);
  if (rows.length === 0) await sql`create role ${sql.id(group)} nologin`.execute(db);
}

async function grant(db: Ledger, group: string, rights: string, tables: readonly string[]): Promise<void> {
  for (const table of tables)
    await sql`grant ${sql.raw(rights)} on table ${sql.id(table)} to ${sql.id(group)}`.execute(db);
}

/** The counters that number the rows of tables: whoever inserts must be able to count, and whoever restores to count on from there. */
async function grantSequences(db: Ledger, group: string, tables: readonly string[]): Promise<void> {
  const { rows } = await sql<{ name: string }>`
    select sequence.relname as name from pg_class sequence
    join pg_depend on pg_depend.objid = sequence.oid and pg_depend.deptype in ('a', 'i')
    join pg_class owner on owner.oid = pg_depend.refobjid
    where sequence.relkind = 'S' and owner.relname = any(${[...tables]})`.execute(db);
  for (const { name } of rows)
    await sql`grant usage, select, update on sequence ${sql.id(name)} to ${sql.id(group)}`.execute(db);
}
