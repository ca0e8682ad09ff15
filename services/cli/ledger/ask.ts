import { existsSync } from 'node:fs';
import { userInfo } from 'node:os';
import { migrate, namesDatabase, openNamedDatabase } from '../../ledger/database.ts';
import { openEmbeddedLedger, settingsOf } from '../../ledger/embedded.ts';
import { followBus } from '../../ledger/follow.ts';
import { createIntake } from '../../ledger/intake.ts';
import { operate, type Context } from '../../ledger/operations.ts';
import { enqueueDeliveries } from '../../ledger/outbound/enqueue.ts';
import { readPartnerSettings } from '../../ledger/partnerSettings.ts';
import type { PartnerSettings } from '../../ledger/record.ts';
import type { Ledger } from '../../ledger/tables.ts';
import { secretsOf, type Partner } from '../../manifest/compile.ts';
import { loadPartners } from '../../manifest/load/load.ts';
import { readConfig } from '../../runtime/config.ts';
import type { Database } from '../../runtime/embedded/database.ts';
import { openSecrets } from '../../runtime/embedded/secrets.ts';
import { createLog } from '../../runtime/log.ts';
import { inFolder } from '../folder.ts';

/**
 * Asks the ledger: the database that the environment names, or else the data folder's, through the server that runs on it if one does.
 * Rejects with what is wrong, for the user.
 */
export async function askLedger<T>(
  env: NodeJS.ProcessEnv,
  operation: string,
  args: unknown,
  who = whoAsks(env),
): Promise<T> {
  const config = readConfig(env);
  const partners = partnersFor(env, config.partnersDir);
  const about = {
    partners,
    settings: settingsFor(env, partners),
    onChange: enqueueDeliveries,
    who,
    now: new Date(),
  };
  // Sealed bodies are opened where their secrets are: in the folder.
  const inServer = (db: Ledger) => operate({ ...about, db, liveSecrets: () => () => [] }, operation, args);
  const answer = namesDatabase(env)
    ? inPostgres(env, inServer)
    : inFolder(config.dataDir, {
        ask: (ask) => ask(`/ledger/${operation}`, { who, args }),
        open: async (database) =>
          operate({ ...about, ...(await folderOf(database, config.dataDir, about)) }, operation, args),
      });
  return (await answer) as T;
}

/** What an operation needs of a data folder on which no server runs. */
export async function folderOf(
  database: Database,
  dataDir: string,
  { partners, settings, onChange }: Pick<Context, 'partners' | 'settings' | 'onChange'>,
): Promise<Pick<Context, 'db' | 'liveSecrets' | 'caughtUp'>> {
  const secrets = openSecrets(dataDir, secretsOf(partners));
  const db = await openEmbeddedLedger(database);
  const follower = followBus(database, createIntake(db, settings, onChange), toStderr());
  return {
    db,
    liveSecrets: (partner) => (name) => secrets.live(partner, name),
    caughtUp: () => follower.caughtUp(),
  };
}

const toStderr = () => createLog({ pretty: true, stream: process.stderr });

/** For the audit, where nobody says --by. */
export const whoAsks = (env: NodeJS.ProcessEnv): string => env.OPERATOR ?? userInfo().username;

/** An image holds no partners' folders: there a command that reads no request does without. */
export const partnersFor = (env: NodeJS.ProcessEnv, folder: string): Partner[] =>
  namesDatabase(env) && !existsSync(folder) ? [] : loadPartners(folder);

/** As the ledger's service is told, else as the manifests say. */
export const settingsFor = (env: NodeJS.ProcessEnv, partners: readonly Partner[]): PartnerSettings =>
  env.PARTNER_SETTINGS ? readPartnerSettings(env.PARTNER_SETTINGS) : settingsOf(partners);

/** Works on the PostgreSQL database that the environment names, by one connection. */
export async function inPostgres<T>(env: NodeJS.ProcessEnv, run: (db: Ledger) => Promise<T>): Promise<T> {
  const { db, close } = await openNamedDatabase({ ...env, DB_CONNECTIONS: '1' });
  try {
    await migrate(db);
    return await run(db);
  } finally {
    await close();
  }
}
