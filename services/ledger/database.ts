import { Kysely, PostgresDialect } from 'kysely';
import { Migrator } from 'kysely/migration';
import { Pool, types, type PoolConfig } from 'pg';
import { migrations } from './migrations.ts';
import type { Ledger } from './tables.ts';

/** Postgres types whose text is what we want: a date is a day and no moment, an amount no float. https://github.com/postgres/postgres/blob/master/src/include/catalog/pg_type.dat */
const int8 = 20;
const asText = [1082, 1700]; // date, numeric

/** Opens a PostgreSQL database. Its tables are brought up to date by `migrate`. */
export function openPostgres(config: PoolConfig): { db: Ledger; close: () => Promise<void> } {
  const getTypeParser = (oid: number, format?: 'text' | 'binary') => {
    if (asText.includes(oid)) return (text: string) => text;
    if (oid === int8) return Number;
    return types.getTypeParser(oid, format ?? 'text') as (text: string) => unknown;
  };
  const pool = new Pool({ ...config, types: { getTypeParser } });
  // A connection that breaks while it is idle is replaced; without a listener it would end the process.
  pool.on('error', () => {});
  const db = new Kysely<never>({ dialect: new PostgresDialect({ pool }) }) as unknown as Ledger;
  return { db, close: () => db.destroy() };
}

/** Brings the ledger's tables up to date, under the migrator's lock: several may start at once. Rejects with what went wrong. */
export async function migrate(db: Ledger): Promise<void> {
  const migrator = new Migrator({
    db,
    provider: { getMigrations: () => Promise.resolve(migrations) },
    migrationTableName: 'ledger_migrations',
    migrationLockTableName: 'ledger_migrations_lock',
  });
  const { error } = await migrator.migrateToLatest();
  if (error) throw new Error(`the ledger's tables could not be brought up to date: ${(error as Error).message}`, { cause: error }); // prettier-ignore
}
