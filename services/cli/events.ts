import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Topic } from '../runtime/bus.ts';
import { readable, recentMessages } from '../runtime/embedded/bus.ts';
import { inFolder } from './folder.ts';

/** What was kept last, newest first. Rejects where nothing was received yet. */
export async function readEvents(dataDir: string, topic: Topic, last: number): Promise<unknown> {
  return inFolder(dataDir, {
    async ask(ask) {
      const answer = await ask(`/events?topic=${topic}&limit=${last}`);
      if (answer !== undefined || existsSync(join(dataDir, 'database'))) return answer;
      throw new Error(`nothing was received yet: there is no database in ${dataDir}`);
    },
    open: async (db) => (await recentMessages(db, { topic, limit: last })).map(readable),
  });
}
