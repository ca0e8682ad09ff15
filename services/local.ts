import { join } from 'node:path';
import express, { type RequestHandler } from 'express';
import { createConsole } from './console/pages.ts';
import { createGateway } from './gateway/app.ts';
import { conversionMessage } from './runtime/message.ts';
import { replayRoute } from './gateway/replay.ts';
import { startEmbeddedLedger, waking } from './ledger/embedded.ts';
import { recentStories } from './ledger/queries/stories.ts';
import { sums } from './ledger/queries/sums.ts';
import { dumpRoute, ledgerRoute } from './ledger/route.ts';
import { keysOf, secretsOf, type Partner } from './manifest/compile.ts';
import { loadPartners } from './manifest/load/load.ts';
import { partnerMenu } from './menu.ts';
import type { ConversionEvent } from './contract/event.ts';
import type { Config } from './runtime/config.ts';
import { migrateSync, type SyncDatabase } from './sync/database.ts';
import { syncRoute } from './sync/route.ts';
import { startSchedule } from './sync/schedule.ts';
import { folderSecrets } from './sync/secrets.ts';
import { createTableBus } from './runtime/embedded/bus.ts';
import { openDatabase } from './runtime/embedded/database.ts';
import { takeLock } from './runtime/embedded/lock.ts';
import { openSecrets, secretFile } from './runtime/embedded/secrets.ts';
import { openKeys } from './runtime/keys.ts';
import type { Log } from './runtime/log.ts';
import { sendProblem } from './runtime/problem.ts';
import type { Secrets } from './runtime/secrets.ts';
import { startServer } from './runtime/server.ts';

export interface Local {
  url: string;
  /** What to paste where, and a line to try, for every partner. Holds live secrets: for the user's eyes, not for a log. */
  menu: string;
  /** Takes no more requests, finishes and answers those in flight, then lets go of the folder. */
  stop: () => Promise<void>;
}

/** Everything in one process: every partner's gateway and the pages, on a database and secrets in one folder. */
export async function startLocal(config: Config, log: Log): Promise<Local> {
  const { partnersDir, dataDir, host, port, trustedHops } = config;
  const partners = loadPartners(partnersDir);
  const pages = express.Router();
  const closing: (() => Promise<void>)[] = [];
  const stop = () => closeAll(closing.reverse());
  try {
    // Until the database is open the command line is told to wait.
    const notYet: RequestHandler = (_request, response) => sendProblem(response, 503, { title: 'Starting' });
    const lock = await takeLock(dataDir, express().use(pages, notYet));
    closing.push(() => lock.release());
    const database = await openDatabase(join(dataDir, 'database'));
    closing.push(() => database.close());
    const table = createTableBus(database.db);
    closing.push(() => table.close());
    const own = openSecrets(dataDir, secretsOf(partners));
    const secrets = await openKeys(own, { wanted: keysOf(partners), log });
    const { follower, outbound, retention, context } = await startEmbeddedLedger(database.db, {
      partners,
      secrets,
      log,
    });
    closing.push(() => outbound.stop());
    closing.push(() => retention.stop());
    closing.push(() => follower.stop());
    const bus = waking(table, follower);
    const sync = { db: database.db as unknown as SyncDatabase, bus, secrets: folderSecrets(dataDir), log };
    await migrateSync(sync.db);
    const schedule = await startSchedule(partners, sync);
    closing.push(() => schedule.stop());
    pages.use(syncRoute({ ...sync, partners }));
    pages.use(createConsole({ db: database.db, anyHost: true }));
    const publish = async (events: readonly ConversionEvent[]) => {
      await bus.publish('conversions', events.map(conversionMessage));
      await follower.caughtUp();
    };
    pages.use(
      replayRoute({ partners, bus, secrets }),
      ledgerRoute({ ...context, publish }),
      dumpRoute(context.db, log),
    );
    const app = express().disable('x-powered-by').disable('etag');
    const sales = (limit: number) => recentStories(context.db, limit);
    app.use(
      createConsole({ db: database.db, sales, sums: () => sums(context.db) }),
      createGateway({ partners, bus, secrets, log, trustedHops }),
    );
    const server = await startServer(app, { host, port });
    closing.push(() => server.stop());
    return { url: server.url, menu: menu(partners, server.url, config, secrets), stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** One that fails does not keep the others from closing; the first failure is told. */
async function closeAll(closing: (() => Promise<void>)[]): Promise<void> {
  const failures: unknown[] = [];
  for (const close of closing) await close().catch((error: unknown) => failures.push(error));
  if (failures.length > 0) throw failures[0];
}

function menu(
  partners: readonly Partner[],
  origin: string,
  { partnersDir, dataDir }: Config,
  secrets: Secrets,
): string {
  const surroundings = {
    partnersDir,
    origin,
    secretOf: (partner: string, name: string) => secrets.live(partner, name)[0]!,
    secretFile: (partner: string, name: string) => secretFile(dataDir, partner, name),
  };
  return partners.map((partner) => partnerMenu(partner, surroundings)).join('\n\n');
}
