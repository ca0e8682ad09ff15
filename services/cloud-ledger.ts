import express from 'express';
import { z } from 'zod';
import { migrate, openNamedDatabase } from './ledger/database.ts';
import { startRetention } from './ledger/erasure/retain.ts';
import { createIntake } from './ledger/intake.ts';
import { enqueueDeliveries } from './ledger/outbound/enqueue.ts';
import { startOutbound } from './ledger/outbound/worker.ts';
import { pushRoute } from './ledger/push.ts';
import { readPartnerSettings } from './ledger/partnerSettings.ts';
import type { Ledger } from './ledger/tables.ts';
import { number, readEnvironment, text } from './runtime/config.ts';
import { createCloudLog, type CloudLog } from './runtime/google/log.ts';
import { sendProblem } from './runtime/problem.ts';
import { startServer } from './runtime/server.ts';

const settings = z.object({
  PORT: number(0, 65_535, 'a port').default(8080),
  HOST: text.default('0.0.0.0'),
  GOOGLE_CLOUD_PROJECT: text,
  PUSH_AUDIENCE: text,
  PUSH_ACCOUNT: text,
  PUSH_KEYS: z.url().optional(),
  PARTNER_SETTINGS: text.default('{}'),
});

/** The ledger as a Cloud Run service: Pub/Sub pushes to it, and it writes to PostgreSQL. */
export async function startCloudLedger(
  env: NodeJS.ProcessEnv,
): Promise<{ url: string; log: CloudLog; stop: () => Promise<void> }> {
  const config = readEnvironment(settings, env);
  const log = createCloudLog({ projectId: config.GOOGLE_CLOUD_PROJECT, service: 'ledger' });
  const { db, close } = await openNamedDatabase(env);
  try {
    await migrate(db);
    const intake = createIntake(db, readPartnerSettings(config.PARTNER_SETTINGS), enqueueDeliveries);
    const outbound = startOutbound({ db, log });
    const retention = startRetention({ db, log });
    const { PUSH_AUDIENCE: audience, PUSH_ACCOUNT: account, PUSH_KEYS: keys } = config;
    const app = express().disable('x-powered-by').disable('etag');
    app.use('/health', health(db));
    app.use(pushRoute({ intake, log, audience, account, ...(keys !== undefined && { keys }) }));
    app.use((_request, response) => sendProblem(response, 404, { title: 'There is nothing here' }));
    const server = await startServer(app, { host: config.HOST, port: config.PORT });
    return {
      url: server.url,
      log,
      stop: () =>
        server
          .stop()
          .then(() => Promise.all([outbound.stop(), retention.stop()]))
          .then(close),
    };
  } catch (error) {
    await close();
    throw error;
  }
}

/** Alive without a database; ready only with it, though pushes that come meanwhile are told to come again. */
function health(db: Ledger) {
  const router = express.Router();
  router.get('/live', (_request, response) => void response.writeHead(200).end('OK'));
  router.get('/ready', async (_request, response) => {
    const ready = await db.selectFrom('cursors').select('topic').limit(1).execute().then(() => true, () => false); // prettier-ignore
    response.writeHead(ready ? 200 : 503, { 'cache-control': 'no-store' }).end(ready ? 'OK' : 'no database');
  });
  return router;
}
