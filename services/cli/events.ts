import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Topic } from '../runtime/bus.ts';
import { readable, recentMessages } from '../runtime/embedded/bus.ts';
import { openDatabase } from '../runtime/embedded/database.ts';
import { askServer, FolderInUse, takeLock } from '../runtime/embedded/lock.ts';

/** Each may wait for another command to be done with the folder. */
const attempts = 10;

/**
 * What was kept last, newest first. Asks the running server; where none answers, opens its folder, under the lock that keeps a
 * server from opening it at the same time.
 */
export async function readEvents(dataDir: string, topic: Topic, last: number): Promise<unknown> {
  for (let attempt = 1; ; attempt++) {
    const answer = await askServer(dataDir, `/events?topic=${topic}&limit=${last}`);
    if (answer !== undefined) return answer;
    if (!existsSync(join(dataDir, 'database')))
      throw new Error(`nothing was received yet: there is no database in ${dataDir}`);
    try {
      return await readFolder(dataDir, topic, last);
    } catch (error) {
      // Between the question and the lock somebody else took the folder: that one can be asked.
      if (!(error instanceof FolderInUse) || attempt === attempts) throw error;
    }
  }
}

async function readFolder(dataDir: string, topic: Topic, last: number): Promise<unknown> {
  const lock = await takeLock(dataDir, (_request, response) => response.writeHead(503).end());
  try {
    const { db, close } = await openDatabase(join(dataDir, 'database'));
    try {
      return (await recentMessages(db, { topic, limit: last })).map(readable);
    } finally {
      await close();
    }
  } finally {
    await lock.release();
  }
}
