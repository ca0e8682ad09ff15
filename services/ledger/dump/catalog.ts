import { sql } from 'kysely';
import type { Ledger } from '../tables.ts';

/** A table as the database itself describes it: whatever a migration adds is in the next dump without a line of code. */
export interface Table {
  name: string;
  /** In their order, with their types as SQL writes them. */
  columns: Map<string, string>;
  /** The primary key's columns, in its order. */
  key: string[];
  /** Tables that must hold its rows' others before. */
  after: string[];
  /** Unlogged: what a run works with, and makes again. */
  isScratch: boolean;
}

/** How far the tables are is told by the head of a dump, and brought about by the migrators. */
const migratorsOwn = [
  'kysely_migration',
  'kysely_migration_lock',
  'ledger_migrations',
  'ledger_migrations_lock',
];

/** Every table that holds anything that is kept: no dump needs what a run works with. */
export const readKeptTables = async (db: Ledger): Promise<Table[]> =>
  (await readTables(db)).filter(({ isScratch }) => !isScratch);

/** Every table that holds anything of ours, those first that others refer to. */
export async function readTables(db: Ledger): Promise<Table[]> {
  const { rows } = await sql<Omit<Table, 'columns'> & { columns: [string, string][] }>`
    select c.relname as name, c.relpersistence = 'u' as "isScratch",
      (select json_agg(json_build_array(a.attname, format_type(a.atttypid, a.atttypmod)) order by a.attnum) from pg_attribute a
        where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped and a.attgenerated = '') as columns,
      coalesce((select json_agg(a.attname order by k.place) from pg_index i
        cross join lateral unnest(i.indkey::int2[]) with ordinality as k (number, place)
        join pg_attribute a on a.attrelid = c.oid and a.attnum = k.number
        where i.indrelid = c.oid and i.indisprimary), '[]') as key,
      coalesce((select json_agg(distinct f.confrelid::regclass::text) from pg_constraint f
        where f.conrelid = c.oid and f.contype = 'f' and f.confrelid <> c.oid), '[]') as after
    from pg_class c where c.relkind = 'r' and c.relnamespace = current_schema()::regnamespace
    order by c.relname`.execute(db);
  const ours = rows.filter(({ name }) => !migratorsOwn.includes(name));
  return inOrder(ours.map((row) => ({ ...row, columns: new Map(row.columns) })));
}

function inOrder(tables: readonly Table[]): Table[] {
  const done: Table[] = [];
  const isDone = (name: string) => done.some((each) => each.name === name);
  while (done.length < tables.length) {
    const next = tables.filter(({ name, after }) => !isDone(name) && after.every(isDone));
    if (next.length === 0)
      throw new Error('tables refer to each other in a circle: none can be filled first');
    done.push(...next);
  }
  return done;
}

/** The last number that each sequence gave; those that gave none are left out. */
export async function readSequences(db: Ledger): Promise<Record<string, string>> {
  const { rows } = await sql<{ name: string; last: string }>`
    select sequencename as name, last_value::text as last from pg_sequences
    where schemaname = current_schema() and last_value is not null order by 1`.execute(db);
  return Object.fromEntries(rows.map(({ name, last }) => [name, last]));
}

/** The next number is the one after `last`. */
export async function setSequence(db: Ledger, name: string, last: string): Promise<void> {
  await sql`select setval(${name}::text::regclass, ${last}::text::bigint)`.execute(db);
}
