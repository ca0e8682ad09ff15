import { namesDatabase } from '../../ledger/database.ts';
import { operate, type Context } from '../../ledger/operations.ts';
import { enqueueDeliveries } from '../../ledger/outbound/enqueue.ts';
import type { Partner } from '../../manifest/compile.ts';
import { readConfig } from '../../runtime/config.ts';
import { inFolder } from '../folder.ts';
import { folderOf, inPostgres, settingsFor, whoAsks } from './ask.ts';
import { publishInFolder } from './publish.ts';

/** Asks the ledger for an operation. Rejects with what is wrong, for the user. */
export type Ask = <T>(operation: string, args: object) => Promise<T>;

interface Asking {
  env: NodeJS.ProcessEnv;
  partners: readonly Partner[];
  who?: string | undefined;
  /** Where what is healed goes, if not to where the ledger is. */
  publish?: Context['publish'];
}

/**
 * Works with the ledger by many questions: the database that the environment names is opened once; so is the data folder, unless a server
 * runs on it, which is then asked.
 */
export async function withLedger<T>(asking: Asking, work: (ask: Ask) => Promise<T>): Promise<T> {
  const { env, partners, who = whoAsks(env), publish } = asking;
  const about = { partners, settings: settingsFor(env, partners), onChange: enqueueDeliveries, who, publish };
  if (namesDatabase(env))
    return inPostgres(env, (db) => work(inside({ ...about, db, liveSecrets: () => () => [] })));
  const { dataDir } = readConfig(env);
  const found = await inFolder(dataDir, {
    async ask(ask) {
      const isThere = await ask('/ledger/reconcile-list', { who, args: { last: 1 } });
      return isThere === undefined ? undefined : { value: await work(throughServer(ask, who)) };
    },
    async open(database) {
      const folder = await folderOf(database, dataDir, about);
      const publishHere = publish ?? publishInFolder(database, about);
      return { value: await work(inside({ ...about, ...folder, publish: publishHere })) };
    },
  });
  return found.value;
}

const inside =
  (context: Omit<Context, 'now'>): Ask =>
  async <T>(operation: string, args: object) =>
    (await operate({ ...context, now: new Date() }, operation, args)) as T;

const throughServer =
  (ask: (path: string, json?: unknown) => Promise<unknown>, who: string): Ask =>
  async <T>(operation: string, args: object) => {
    const answer = await ask(`/ledger/${operation}`, { who, args });
    if (answer === undefined) throw new Error('the running LinkShare has stopped meanwhile: try again');
    return answer as T;
  };
