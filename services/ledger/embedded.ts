import type { Partner } from '../manifest/compile.ts';
import type { Bus } from '../runtime/bus.ts';
import type { Database } from '../runtime/embedded/database.ts';
import type { Log } from '../runtime/log.ts';
import type { Secrets } from '../runtime/secrets.ts';
import { migrate } from './database.ts';
import { startRetention, type Retention } from './erasure/retain.ts';
import { followBus, type Follower } from './follow.ts';
import { createIntake } from './intake.ts';
import type { Context } from './operations.ts';
import { enqueueDeliveries } from './outbound/enqueue.ts';
import { startOutbound, type Outbound } from './outbound/worker.ts';
import type { PartnerSettings } from './record.ts';
import { writeSample } from './sample.ts';
import type { Ledger } from './tables.ts';

/** What the ledger must know of partners, from their manifests. For a partner whose manifest is gone: one hour, and hints are held. */
export function settingsOf(partners: readonly Partner[]): PartnerSettings {
  const known = new Map(partners.map((partner) => [partner.id, partner]));
  return {
    repeatWindow: (partner) => known.get(partner)?.repeatWindow ?? 3_600_000,
    paysUnverified: (partner) => known.get(partner)?.paysUnverified ?? false,
  };
}

/** The ledger's tables in the embedded database, with a sample of publishers in a new one. */
export async function openEmbeddedLedger(database: Database): Promise<Ledger> {
  const db = database as unknown as Ledger;
  await migrate(db);
  await writeSample(db);
  return db;
}

/** The ledger of a local run: it records what the bus holds, soon after it is published. */
export async function startEmbeddedLedger(
  database: Database,
  { partners, secrets, log }: { partners: readonly Partner[]; secrets: Pick<Secrets, 'live'>; log: Log },
): Promise<{
  context: Omit<Context, 'who' | 'now'>;
  follower: Follower;
  outbound: Outbound;
  retention: Retention;
}> {
  const db = await openEmbeddedLedger(database);
  const settings = settingsOf(partners);
  const outbound = startOutbound({ db, log });
  const follower = followBus(database, createIntake(db, settings, enqueueDeliveries), log);
  follower.wake();
  const liveSecrets = (partner: string) => (name: string) => secrets.live(partner, name);
  return {
    context: {
      db,
      partners,
      liveSecrets,
      settings,
      onChange: enqueueDeliveries,
      caughtUp: () => follower.caughtUp(),
    },
    follower,
    outbound,
    retention: startRetention({ db, log }),
  };
}

/** The bus, which wakes its reader. */
export const waking = (bus: Bus, follower: Follower): Bus => ({
  ...bus,
  async publish(topic, messages) {
    await bus.publish(topic, messages);
    follower.wake();
  },
});
