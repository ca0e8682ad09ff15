import { userInfo } from 'node:os';
import { openPostgres, migrate } from '../../ledger/database.ts';
import { openEmbeddedLedger, settingsOf } from '../../ledger/embedded.ts';
import { operate } from '../../ledger/operations.ts';
import { enqueueDeliveries } from '../../ledger/outbound/enqueue.ts';
import type { Ledger } from '../../ledger/tables.ts';
import { secretsOf } from '../../manifest/compile.ts';
import { loadPartners } from '../../manifest/load/load.ts';
import { readConfig } from '../../runtime/config.ts';
import { openSecrets } from '../../runtime/embedded/secrets.ts';
import { inFolder } from '../folder.ts';

/**
 * Asks the ledger: the database of DATABASE_URL, or else the data folder's, through the server that runs on it if one does. Rejects with
 * what is wrong, for the user.
 */
export async function askLedger<T>(
  env: NodeJS.ProcessEnv,
  operation: string,
  args: unknown,
  who = userInfo().username,
): Promise<T> {
  const config = readConfig(env);
  const partners = loadPartners(config.partnersDir);
  const about = {
    partners,
    settings: settingsOf(partners),
    onChange: enqueueDeliveries,
    who,
    now: new Date(),
  };
  // Sealed bodies are opened where their secrets are: in the folder.
  const inServer = (db: Ledger) => operate({ ...about, db, liveSecrets: () => () => [] }, operation, args);
  const answer = env.DATABASE_URL
    ? inPostgres(env.DATABASE_URL, inServer)
    : inFolder(config.dataDir, {
        ask: (ask) => ask(`/ledger/${operation}`, { who, args }),
        async open(database) {
          const secrets = openSecrets(config.dataDir, secretsOf(partners));
          const liveSecrets = (partner: string) => (name: string) => secrets.live(partner, name);
          const db = await openEmbeddedLedger(database);
          return operate({ ...about, db, liveSecrets }, operation, args);
        },
      });
  return (await answer) as T;
}

async function inPostgres(connectionString: string, run: (db: Ledger) => Promise<unknown>): Promise<unknown> {
  const { db, close } = openPostgres({ connectionString, max: 1 });
  try {
    await migrate(db);
    return await run(db);
  } finally {
    await close();
  }
}
