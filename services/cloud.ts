import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { createGateway } from './gateway/app.ts';
import { keysOf, secretsOf } from './manifest/compile.ts';
import { compileJson } from './manifest/load/compileJson.ts';
import { number, readEnvironment, text } from './runtime/config.ts';
import { createCloudLog, type CloudLog } from './runtime/google/log.ts';
import { openSecretClient, secretClients } from './runtime/google/secret-open.ts';
import { createSecretManager } from './runtime/google/secrets.ts';
import { openKeys } from './runtime/keys.ts';
import { openPubSubBus, pubSubSettings } from './runtime/pubsub/settings.ts';
import { startServer } from './runtime/server.ts';

const settings = z.object({
  PORT: number(0, 65_535, 'a port').default(8080),
  HOST: text.default('0.0.0.0'),
  MANIFEST: text,
  ...pubSubSettings,
  // The load balancer adds the sender and itself: https://cloud.google.com/load-balancing/docs/https#x-forwarded-for_header
  TRUSTED_HOPS: number(0, 10, 'a number of proxies').default(2),
  SECRETS: z.enum(secretClients).default('grpc'),
  SECRET_MANAGER_HOST: text.optional(),
});

/** One partner's gateway as a Cloud Run service: its manifest comes in MANIFEST, everything else is Google's. */
export async function startCloudGateway(
  env: NodeJS.ProcessEnv,
): Promise<{ url: string; log: CloudLog; stop: () => Promise<void> }> {
  const config = readEnvironment(settings, env);
  const partner = compileJson(config.MANIFEST, 'MANIFEST');
  const projectId = config.GOOGLE_CLOUD_PROJECT;
  const log = createCloudLog({ projectId, service: `postback-${partner.id}` });
  const bus = await openPubSubBus(config);
  const client = await openSecretClient(config.SECRETS, { host: config.SECRET_MANAGER_HOST });
  const manager = createSecretManager({ client, projectId, secrets: secretsOf([partner]), log });
  const keys = openKeys(manager, { wanted: keysOf([partner]), log });
  await manager.load();
  const secrets = await keys;
  const trustedHops = config.TRUSTED_HOPS;
  let endsAt: number | undefined;
  const app = createGateway({
    partners: [partner],
    bus,
    secrets,
    log: thenWinston(log),
    trustedHops,
    endsAt: () => endsAt,
  });
  const server = await startServer(app, { host: config.HOST, port: config.PORT });
  const stop = async () => {
    endsAt = performance.now() + answersWithin;
    await server.stop();
    // Whoever waited has been answered: what is still under way with Pub/Sub stands in the journal.
    await Promise.race([bus.close(), sleep(leftToClose)]);
    await manager.close();
  };
  return { url: server.url, log, stop };
}

/** Milliseconds in which those who wait are answered once a stop began, and in which connections are closed after that: 10 s in all is what Cloud Run gives. */
const answersWithin = 7_500;
const leftToClose = 500;

/**
 * The gateway's first line follows its first answer: only then is there time to load Google's logging library, a third of a second. The
 * lines of postbacks that went well stay direct, at a quarter of the cost.
 */
function thenWinston(log: CloudLog): CloudLog {
  let asked = false;
  return {
    ...log,
    info(message, fields) {
      log.info(message, fields);
      if (!asked) void log.useWinston(['warn', 'error']);
      asked = true;
    },
  };
}
