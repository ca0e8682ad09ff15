import { join } from 'node:path';
import { openDatabase, type Database } from '../runtime/embedded/database.ts';
import { askServer, FolderInUse, takeLock } from '../runtime/embedded/lock.ts';

/** Each may wait for another command to be done with the folder. */
const attempts = 10;

interface Work<T> {
  /** Asks the running server; undefined where none answers. */
  ask: (ask: (path: string, json?: unknown) => Promise<unknown>) => Promise<T | undefined>;
  /** Does it in the folder itself. */
  open: (db: Database) => Promise<T>;
}

/**
 * Works on a data folder: through the server that runs on it, or, where none answers, in the folder, under the lock that keeps a server
 * from opening it at the same time.
 */
export async function inFolder<T>(dataDir: string, { ask, open }: Work<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    const answer = await ask((path, json) => askServer(dataDir, path, json));
    if (answer !== undefined) return answer;
    try {
      return await underLock(dataDir, open);
    } catch (error) {
      // Between the question and the lock somebody else took the folder: that one can be asked.
      if (!(error instanceof FolderInUse) || attempt === attempts) throw error;
    }
  }
}

/** Works in a data folder that no server runs on. Rejects with FolderInUse where one does. */
export async function underLock<T>(dataDir: string, open: (db: Database) => Promise<T>): Promise<T> {
  const lock = await takeLock(dataDir, (_request, response) => response.writeHead(503).end());
  try {
    const { db, close } = await openDatabase(join(dataDir, 'database'));
    try {
      return await open(db);
    } finally {
      await close();
    }
  } finally {
    await lock.release();
  }
}
