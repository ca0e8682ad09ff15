import { sql } from 'kysely';
import { openDatabase } from '../../services/runtime/embedded/database.ts';
import { migrate, openPostgres } from '../../services/ledger/database.ts';
import { readTables } from '../../services/ledger/dump/catalog.ts';
import { startPostgres } from './postgres.ts';
import type { Ledger } from '../../services/ledger/tables.ts';

export interface TestLedger {
  db: Ledger;
  /** Forgets everything but the tables. */
  reset(): Promise<void>;
  close(): Promise<void>;
}

/** What the ledger runs on: the embedded Postgres, and a server, as in production. */
export const engines = ['PGlite', 'PostgreSQL'] as const;

export async function startTestLedger(engine: (typeof engines)[number] = 'PGlite'): Promise<TestLedger> {
  if (engine === 'PostgreSQL') return startOnServer();
  const { db: opened, close } = await openDatabase('memory://');
  const db = opened as unknown as Ledger;
  await migrate(db);
  return { db, reset: () => reset(db), close };
}

async function startOnServer(): Promise<TestLedger> {
  const postgres = await startPostgres();
  const { db, close } = openPostgres({ connectionString: postgres.url });
  await migrate(db);
  return {
    db,
    reset: () => reset(db),
    async close() {
      await close();
      await postgres.stop();
    },
  };
}

async function reset(db: Ledger): Promise<void> {
  const tables = (await readTables(db)).map(({ name }) => sql.table(name));
  await sql`truncate ${sql.join(tables)} restart identity cascade`.execute(db);
}
