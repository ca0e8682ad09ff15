import { z } from 'zod';
import { grantAccess } from './ledger/access.ts';
import { migrate, openNamedDatabase } from './ledger/database.ts';
import { readEnvironment, text } from './runtime/config.ts';
import { migrateSync, type SyncDatabase } from './sync/database.ts';
import { createCloudLog } from './runtime/google/log.ts';

const settings = z.object({ GOOGLE_CLOUD_PROJECT: text });

/**
 * `main.ts migrate`, a job that runs once for each new image and before it: the ledger's tables are brought up to date by the one account
 * that may, and the accounts that use them are given their rights. Rejects with what went wrong; doing it again is harmless.
 */
export async function migrateCloud(env: NodeJS.ProcessEnv): Promise<void> {
  const config = readEnvironment(settings, env);
  const log = createCloudLog({ projectId: config.GOOGLE_CLOUD_PROJECT, service: 'migrate' });
  const { db, close } = await openNamedDatabase({ ...env, DB_CONNECTIONS: '1' });
  try {
    // Sync's before rights are given: its accounts may write the tables that are called so.
    const ran = [...(await migrate(db)), ...(await migrateSync(db as unknown as SyncDatabase))];
    await grantAccess(db);
    log.info('migrated', { ran });
  } finally {
    await close();
    await log.close();
  }
}
