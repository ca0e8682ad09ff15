import express from 'express';
import { z } from 'zod';
import { migrate, openPostgres } from './ledger/database.ts';
import { createIntake } from './ledger/intake.ts';
import { enqueueDeliveries } from './ledger/outbound/enqueue.ts';
import { startOutbound } from './ledger/outbound/worker.ts';
import { pushRoute } from './ledger/push.ts';
import type { PartnerSettings } from './ledger/record.ts';
import type { Ledger } from './ledger/tables.ts';
import { number, readEnvironment, text } from './runtime/config.ts';
import { createCloudLog, type CloudLog } from './runtime/google/log.ts';
import { sendProblem } from './runtime/problem.ts';
import { startServer } from './runtime/server.ts';

const settings = z.object({
  PORT: number(0, 65_535, 'a port').default(8080),
  HOST: text.default('0.0.0.0'),
  GOOGLE_CLOUD_PROJECT: text,
  DATABASE_URL: text.optional(),
  // Cloud SQL through Google's connector, as the service's own account.
  INSTANCE_CONNECTION_NAME: text.optional(),
  DB_USER: text.optional(),
  DB_NAME: text.default('ledger'),
  DB_CONNECTIONS: number(1, 100, 'a number of connections').default(5),
  PUSH_AUDIENCE: text,
  PUSH_ACCOUNT: text,
  PUSH_KEYS: z.url().optional(),
  // What the ledger must know of partners: {"acme":{"repeatWindow":3600000,"paysUnverified":true}}
  PARTNER_SETTINGS: text.default('{}'),
});
type Settings = z.output<typeof settings>;

/** The ledger as a Cloud Run service: Pub/Sub pushes to it, and it writes to PostgreSQL. */
export async function startCloudLedger(
  env: NodeJS.ProcessEnv,
): Promise<{ url: string; log: CloudLog; stop: () => Promise<void> }> {
  const config = readEnvironment(settings, env);
  const log = createCloudLog({ projectId: config.GOOGLE_CLOUD_PROJECT, service: 'ledger' });
  const { db, close } = await open(config);
  try {
    await migrate(db);
    const intake = createIntake(db, partnerSettings(config.PARTNER_SETTINGS), enqueueDeliveries);
    const outbound = startOutbound({ db, log });
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
          .then(() => outbound.stop())
          .then(close),
    };
  } catch (error) {
    await close();
    throw error;
  }
}

async function open(config: Settings): Promise<{ db: Ledger; close: () => Promise<void> }> {
  const { DATABASE_URL, INSTANCE_CONNECTION_NAME, DB_USER, DB_NAME: database, DB_CONNECTIONS: max } = config;
  if (DATABASE_URL !== undefined) return openPostgres({ connectionString: DATABASE_URL, max });
  if (INSTANCE_CONNECTION_NAME === undefined || DB_USER === undefined)
    throw new Error('DATABASE_URL is not set, and INSTANCE_CONNECTION_NAME with DB_USER neither');
  const { AuthTypes, Connector, IpAddressTypes } = await import('@google-cloud/cloud-sql-connector');
  const connector = new Connector();
  const options = await connector.getOptions({
    instanceConnectionName: INSTANCE_CONNECTION_NAME,
    ipType: IpAddressTypes.PRIVATE,
    authType: AuthTypes.IAM,
  });
  const { db, close } = openPostgres({ ...options, user: DB_USER, database, max });
  return { db, close: () => close().finally(() => connector.close()) };
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

const partnerEntry = z.strictObject({
  repeatWindow: z.number().int().positive().optional(),
  paysUnverified: z.boolean().optional(),
});

function partnerSettings(json: string): PartnerSettings {
  const known = z.record(z.string(), partnerEntry).parse(JSON.parse(json));
  const of = (partner: string) => (Object.hasOwn(known, partner) ? known[partner] : undefined);
  return {
    repeatWindow: (partner) => of(partner)?.repeatWindow ?? 3_600_000,
    paysUnverified: (partner) => of(partner)?.paysUnverified ?? false,
  };
}
