import { createHash } from 'node:crypto';
import { sql } from 'kysely';
import { executedMigrations } from '../database.ts';
import type { Trx } from '../audit.ts';
import type { Ledger } from '../tables.ts';
import { readSequences, readKeptTables, type Table } from './catalog.ts';
import { version, type Head, type Row } from './format.ts';

/** Rows that are read at once: each may hold a request of 128 kB, and the embedded database holds a page several times over. */
const page = 200;

/**
 * Gives every row of the ledger to `write`, a line or more at a time, as of one moment: what is recorded meanwhile is in none of it. Resolves
 * to how many rows of each table. The embedded database does nothing else meanwhile.
 */
export function dumpLedger(
  db: Ledger,
  write: (text: string) => Promise<void>,
  now: Date,
): Promise<Record<string, number>> {
  return db.transaction().execute(async (trx) => {
    await asOfOneMoment(trx);
    const tables = await readKeptTables(trx);
    const hash = createHash('sha256');
    const put = (text: string) => (hash.update(text), write(text));
    await put(line(await headOf(trx, tables, now)));
    const rows: Record<string, number> = {};
    for (const table of tables) rows[table.name] = await dumpTable(trx, table, put);
    await write(line({ end: { rows, sha256: hash.digest('hex') } }));
    return rows;
  });
}

const line = (value: unknown) => `${JSON.stringify(value)}\n`;

/** Texts of times and numbers are the same wherever the dump is made. */
async function asOfOneMoment(trx: Trx): Promise<void> {
  await sql`set transaction isolation level repeatable read, read only`.execute(trx);
  await sql`select set_config('TimeZone', 'UTC', true), set_config('DateStyle', 'ISO', true), set_config('extra_float_digits', '3', true)`.execute(trx); // prettier-ignore
}

/** Sequences stand outside of transactions: read once the moment is fixed, they are at or after every row of it. */
async function headOf(trx: Trx, tables: readonly Table[], now: Date): Promise<Head> {
  const ledger = await executedMigrations(trx, 'ledger_migrations');
  const bus = await executedMigrations(trx, 'kysely_migration');
  return {
    linkshare: 'dump',
    version,
    madeAt: now.toISOString(),
    migrations: { ledger, bus },
    tables: Object.fromEntries(tables.map(({ name, columns }) => [name, [...columns.keys()]])),
    sequences: await readSequences(trx),
  };
}

async function dumpTable(trx: Trx, table: Table, put: (text: string) => Promise<void>): Promise<number> {
  if (table.key.length === 0) throw new Error(`table ${table.name} has no primary key to page by`);
  let count = 0;
  for (let last: Row | undefined; ;) {
    const rows = await readPage(trx, table, last);
    if (rows.length > 0) await put(rows.map((row) => line({ [table.name]: withoutNulls(row) })).join(''));
    count += rows.length;
    if (rows.length < page) return count;
    last = rows.at(-1);
  }
}

/** The rows after one, by the primary key. */
async function readPage(trx: Trx, { name, columns, key }: Table, last: Row | undefined): Promise<Row[]> {
  const texts = [...columns.keys()].map((column) => sql`t.${sql.ref(column)}::text as ${sql.ref(column)}`);
  const order = sql.join(key.map((column) => sql`t.${sql.ref(column)}`));
  const values = last && key.map((column) => sql`${last[column]}::text::${sql.raw(columns.get(column)!)}`);
  const after = values ? sql`where (${order}) > (${sql.join(values)})` : sql``;
  const { rows } = await sql<Row>`
    select ${sql.join(texts)} from ${sql.table(name)} t ${after} order by ${order} limit ${page}`.execute(
    trx,
  );
  return rows;
}

const withoutNulls = (row: Record<string, string | null>) =>
  Object.fromEntries(Object.entries(row).filter(([, value]) => value !== null));
