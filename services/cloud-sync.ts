import { z } from 'zod';
import { openNamedDatabase } from './ledger/database.ts';
import { compileJson } from './manifest/load/compileJson.ts';
import { readEnvironment, text } from './runtime/config.ts';
import { createCloudLog } from './runtime/google/log.ts';
import { openPubSubBus, pubSubSettings } from './runtime/pubsub/settings.ts';
import type { SyncDatabase } from './sync/database.ts';
import { runSync } from './sync/run.ts';
import { managedSecrets } from './sync/secrets.ts';

const settings = z.object({ MANIFEST: text, ...pubSubSettings, SECRET_MANAGER_HOST: text.optional() });

/**
 * One partner's report as a Cloud Run job: its manifest comes in MANIFEST, its tables are there (`main.ts migrate` made them). Resolves to
 * whether it was taken to its end. Rejects with what is not set, or while another run is at it. `signal` ends it; the next run makes good.
 */
export async function syncInCloud(env: NodeJS.ProcessEnv, signal: AbortSignal): Promise<boolean> {
  const config = readEnvironment(settings, env);
  const partner = compileJson(config.MANIFEST, 'MANIFEST');
  const projectId = config.GOOGLE_CLOUD_PROJECT;
  const log = createCloudLog({ projectId, service: `sync-${partner.id}` });
  const { db, close } = await openNamedDatabase({ DB_CONNECTIONS: '2', ...env });
  const bus = await openPubSubBus(config);
  try {
    const secrets = managedSecrets(projectId, log, config.SECRET_MANAGER_HOST);
    const { failures } = await runSync(partner, {}, { db: db as unknown as SyncDatabase, bus, secrets, log, signal }); // prettier-ignore
    return failures.length === 0;
  } finally {
    await bus.close();
    await close();
    await log.close();
  }
}
