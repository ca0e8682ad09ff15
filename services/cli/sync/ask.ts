import { z } from 'zod';
import { namesDatabase, openNamedDatabase } from '../../ledger/database.ts';
import { openEmbeddedLedger } from '../../ledger/embedded.ts';
import type { Partner } from '../../manifest/compile.ts';
import { loadPartners } from '../../manifest/load/load.ts';
import { readConfig, readEnvironment, text } from '../../runtime/config.ts';
import { createTableBus } from '../../runtime/embedded/bus.ts';
import type { Database } from '../../runtime/embedded/database.ts';
import { createLog, type Log } from '../../runtime/log.ts';
import { openPubSubBus, pubSubSettings } from '../../runtime/pubsub/settings.ts';
import { migrateSync, type SyncDatabase } from '../../sync/database.ts';
import { operateSync } from '../../sync/operations.ts';
import { folderSecrets, managedSecrets } from '../../sync/secrets.ts';
import { inFolder } from '../folder.ts';

const cloud = z.object({ ...pubSubSettings, SECRET_MANAGER_HOST: text.optional() });

/**
 * Asks sync: in the data folder, through the server that runs on it if one does; or where the environment names a PostgreSQL database, in
 * that, publishing to the topics of GOOGLE_CLOUD_PROJECT. Rejects with what is wrong, for the user.
 */
export async function askSync<T>(env: NodeJS.ProcessEnv, name: string, args: unknown): Promise<T> {
  const config = readConfig(env);
  const partners = loadPartners(config.partnersDir);
  const log = createLog({ pretty: true, stream: process.stderr });
  if (namesDatabase(env)) return (await inDatabase(env, { partners, log }, name, args)) as T;
  return inFolder(config.dataDir, {
    ask: async (ask) => unwrapped(await ask(`/sync/${name}`, args)) as T | undefined,
    open: async (database) => {
      const parts = { partners, db: await tablesIn(database), bus: createTableBus(database), secrets: folderSecrets(config.dataDir), log }; // prettier-ignore
      return (await operateSync(parts, name, args)) as T;
    },
  });
}

async function inDatabase(
  env: NodeJS.ProcessEnv,
  about: { partners: readonly Partner[]; log: Log },
  name: string,
  args: unknown,
): Promise<unknown> {
  const settings = readEnvironment(cloud, env);
  const { db, close } = await openNamedDatabase(env);
  const bus = await openPubSubBus(settings);
  try {
    await migrateSync(db as unknown as SyncDatabase);
    const secrets = managedSecrets(settings.GOOGLE_CLOUD_PROJECT, about.log, settings.SECRET_MANAGER_HOST);
    return await operateSync({ ...about, db: db as unknown as SyncDatabase, bus, secrets }, name, args);
  } finally {
    await bus.close();
    await close();
  }
}

/** The ledger's too: what is published here is recorded when it next runs. */
async function tablesIn(database: Database): Promise<SyncDatabase> {
  await openEmbeddedLedger(database);
  const db = database as unknown as SyncDatabase;
  await migrateSync(db);
  return db;
}

/** A server that answered at once cannot take back its 200: what is wrong stands in the answer. */
function unwrapped(answer: unknown): unknown {
  if (answer === undefined) return undefined;
  const { result, error } = answer as { result?: unknown; error?: string };
  if (error !== undefined) throw new Error(error);
  return result;
}
