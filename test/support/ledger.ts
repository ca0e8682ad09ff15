import { openDatabase } from '../../services/runtime/embedded/database.ts';
import { migrate } from '../../services/ledger/database.ts';
import type { Ledger } from '../../services/ledger/tables.ts';

export interface TestLedger {
  db: Ledger;
  /** Forgets everything but the tables. */
  reset(): Promise<void>;
  close(): Promise<void>;
}

/** The ledger on the embedded Postgres. */
export async function startTestLedger(): Promise<TestLedger> {
  const { db: opened, close } = await openDatabase('memory://');
  const db = opened as unknown as Ledger;
  await migrate(db);
  return { db, reset: () => reset(db), close };
}

async function reset(db: Ledger): Promise<void> {
  const { sql } = await import('kysely');
  await sql`truncate messages, events, conversions, quarantine, refused, poison, cursors, publishers, attribution_rules, clicks, payout_rules, api_keys, audit, statements, statement_lines restart identity cascade`.execute(db); // prettier-ignore
}
