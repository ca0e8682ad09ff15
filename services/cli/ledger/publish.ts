import { z } from 'zod';
import { conversionMessage } from '../../runtime/message.ts';
import { followBus } from '../../ledger/follow.ts';
import { createIntake } from '../../ledger/intake.ts';
import type { Context } from '../../ledger/operations.ts';
import type { Ledger } from '../../ledger/tables.ts';
import type { Bus } from '../../runtime/bus.ts';
import { readEnvironment } from '../../runtime/config.ts';
import { createTableBus } from '../../runtime/embedded/bus.ts';
import type { Database } from '../../runtime/embedded/database.ts';
import { createLog } from '../../runtime/log.ts';
import { openPubSubBus, pubSubSettings } from '../../runtime/pubsub/settings.ts';

type Publish = NonNullable<Context['publish']>;

/** Puts events on a bus, as those of partners. */
export const publishOn =
  (bus: Pick<Bus, 'publish'>): Publish =>
  (events) =>
    bus.publish('conversions', events.map(conversionMessage));

/** Onto the bus of a data folder on which no server runs; resolves when the ledger has them. */
export function publishInFolder(
  database: Database,
  { settings, onChange }: Pick<Context, 'settings' | 'onChange'>,
): Publish {
  const bus = createTableBus(database);
  const intake = createIntake(database as unknown as Ledger, settings, onChange);
  const log = createLog({ pretty: true, stream: process.stderr });
  const follower = followBus(database, intake, log);
  return async (events) => {
    await publishOn(bus)(events);
    await follower.caughtUp();
  };
}

/** Into the topics of a project; the ledger's service hears of them from there. */
export async function withProject<T>(
  env: NodeJS.ProcessEnv,
  project: string,
  work: (publish: Publish) => Promise<T>,
): Promise<T> {
  const config = readEnvironment(z.object(pubSubSettings), { ...env, GOOGLE_CLOUD_PROJECT: project });
  const bus = await openPubSubBus(config);
  return work(publishOn(bus)).finally(() => bus.close());
}
