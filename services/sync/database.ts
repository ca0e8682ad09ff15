import type { Kysely } from 'kysely';
import { Migrator } from 'kysely/migration';
import { migrations } from './migrations.ts';

/** Sync's tables: see migrations.ts. */
export interface SyncTables {
  sync_cursors: { partner: string; account: string; taken_until: Date };
  sync_rows: { partner: string; key: string; said: string | null };
  sync_runs: {
    partner: string;
    lease: string | null;
    leased_until: Date | null;
    started_at: Date;
    ended_at: Date | null;
    why: string | null;
    counts: string | null;
  };
}

export type SyncDatabase = Kysely<SyncTables>;

/** Brings sync's tables up to date, under the migrator's lock. Resolves to the migrations that ran; rejects with what went wrong. */
export async function migrateSync(db: SyncDatabase): Promise<string[]> {
  const migrator = new Migrator({
    db,
    provider: { getMigrations: () => Promise.resolve(migrations) },
    migrationTableName: 'sync_migrations',
    migrationLockTableName: 'sync_migrations_lock',
  });
  const { error, results = [] } = await migrator.migrateToLatest();
  if (error) throw new Error(`sync's tables could not be brought up to date: ${(error as Error).message}`, { cause: error }); // prettier-ignore
  return results.map(({ migrationName }) => migrationName);
}
