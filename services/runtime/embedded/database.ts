import { chmodSync, mkdirSync } from 'node:fs';
import { Kysely, PGliteDialect, type ColumnType, type Generated } from 'kysely';
import { Migrator } from 'kysely/migration';
import { migrations } from './migrations.ts';

export interface Tables {
  messages: {
    seq: Generated<number>;
    topic: string;
    id: string;
    data: string;
    attributes: string;
    kept_at: ColumnType<Date, Date | undefined, never>;
  };
}

export type Database = Kysely<Tables>;

/**
 * Opens the embedded Postgres in a folder (or `memory://`) and brings its tables up to date. One process at a time: hold the lock.
 */
export async function openDatabase(folder: string): Promise<{ db: Database; close: () => Promise<void> }> {
  if (!folder.startsWith('memory:')) {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    chmodSync(folder, 0o700);
  }
  // Loaded only here: an image has none, and commands that work on another database do without.
  const { PGlite, types } = await import('@electric-sql/pglite');
  // A day is no moment: as a Date it would be another day in another zone.
  const pglite = await PGlite.create(folder, { parsers: { [types.DATE]: (text: string) => text } });
  const db = new Kysely<Tables>({ dialect: new PGliteDialect({ pglite }) });
  const migrator = new Migrator({ db, provider: { getMigrations: () => Promise.resolve(migrations) } });
  const { error } = await migrator.migrateToLatest();
  if (error) {
    await db.destroy();
    throw new Error(
      `the database in ${folder} could not be brought up to date: ${(error as Error).message}`,
      { cause: error },
    );
  }
  return { db, close: () => db.destroy() };
}
