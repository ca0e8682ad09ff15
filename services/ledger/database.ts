import { Kysely, PostgresDialect, sql } from 'kysely';
import { Migrator, type Migration } from 'kysely/migration';
import { Pool, types, type PoolConfig } from 'pg';
import { z } from 'zod';
import { number, readEnvironment, text } from '../runtime/config.ts';
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

/** Which database, as the ledger's service and its commands are told it. */
export const databaseSettings = {
  DATABASE_URL: text.optional(),
  // Cloud SQL through Google's connector, as the caller's own account.
  INSTANCE_CONNECTION_NAME: text.optional(),
  DB_USER: text.optional(),
  DB_NAME: text.default('ledger'),
  DB_CONNECTIONS: number(1, 100, 'a number of connections').default(5),
  // A role to take on as soon as one is connected, for an account that may be more than itself.
  DB_ROLE: z
    .string()
    .regex(/^[a-z_][a-z0-9_]*$/, 'is no role')
    .optional(),
};

/** Whether the environment names a PostgreSQL database; if not, commands work on the data folder. */
export const namesDatabase = ({ DATABASE_URL, INSTANCE_CONNECTION_NAME }: NodeJS.ProcessEnv): boolean =>
  Boolean(DATABASE_URL) || Boolean(INSTANCE_CONNECTION_NAME);

/**
 * Opens the PostgreSQL database that the environment names: a URL, or a Cloud SQL instance by its private address, signed in by IAM.
 * Rejects with what is not set.
 */
export async function openNamedDatabase(
  env: NodeJS.ProcessEnv,
): Promise<{ db: Ledger; close: () => Promise<void> }> {
  const settings = readEnvironment(z.object(databaseSettings), env);
  const { DATABASE_URL, INSTANCE_CONNECTION_NAME, DB_USER, DB_NAME: database, DB_ROLE: role } = settings;
  const common = { max: settings.DB_CONNECTIONS, ...(role !== undefined && { options: `-c role=${role}` }) };
  if (DATABASE_URL !== undefined) return openPostgres({ connectionString: DATABASE_URL, ...common });
  if (INSTANCE_CONNECTION_NAME === undefined || DB_USER === undefined)
    throw new Error('DATABASE_URL is not set, and INSTANCE_CONNECTION_NAME with DB_USER neither');
  const { AuthTypes, Connector, IpAddressTypes } = await import('@google-cloud/cloud-sql-connector');
  const connector = new Connector();
  const options = await connector.getOptions({
    instanceConnectionName: INSTANCE_CONNECTION_NAME,
    ipType: IpAddressTypes.PRIVATE,
    authType: AuthTypes.IAM,
  });
  const { db, close } = openPostgres({ ...options, user: DB_USER, database, ...common });
  return { db, close: () => close().finally(() => connector.close()) };
}

/**
 * Brings the ledger's tables up to date, under the migrator's lock: several may start at once. Tables that a newer version has made are
 * left as they are: while a new image goes out, the one before starts on them too. With `upTo` they are brought to where that migration left
 * them. Resolves to the migrations that ran. Rejects with what went wrong.
 */
export async function migrate(db: Ledger, upTo?: string): Promise<string[]> {
  // Before, and not by the migrator: it holds a connection while it asks for them, and there may be no other.
  const known = { ...migrations, ...(await newerIn(db)) };
  const migrator = new Migrator({
    db,
    provider: { getMigrations: () => Promise.resolve(known) },
    migrationTableName: 'ledger_migrations',
    migrationLockTableName: 'ledger_migrations_lock',
  });
  const { error, results = [] } = upTo === undefined ? await migrator.migrateToLatest() : await migrator.migrateTo(upTo); // prettier-ignore
  if (error) throw new Error(`the ledger's tables could not be brought up to date: ${(error as Error).message}`, { cause: error }); // prettier-ignore
  return results.map(({ migrationName }) => migrationName);
}

/** What has run here and comes after all that we know of, as steps that do nothing: the migrator refuses a database that is ahead of it. */
async function newerIn(db: Ledger): Promise<Record<string, Migration>> {
  const last = Object.keys(migrations).toSorted().at(-1)!;
  const newer = (await executedMigrations(db)).filter((name) => name > last);
  return Object.fromEntries(newer.map((name) => [name, { up: () => Promise.resolve() }]));
}

/** The migrations that have run, in their order: the ledger's, or those of the embedded bus. None where nothing has. */
export async function executedMigrations(
  db: Ledger,
  table: 'ledger_migrations' | 'kysely_migration' = 'ledger_migrations',
): Promise<string[]> {
  const { rows: tables } = await sql`select from pg_class where oid = to_regclass(${table})`.execute(db);
  if (tables.length === 0) return [];
  const { rows } = await sql<{ name: string }>`select name from ${sql.table(table)} order by name`.execute(db); // prettier-ignore
  return rows.map(({ name }) => name);
}
