import { randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import type { SyncDatabase } from './database.ts';

/** Another run fetches this partner's report now. */
export class Busy extends Error {
  override name = 'Busy';
}

export interface Lease {
  /** Rejects where the lease is no longer ours: then another run may be at it. */
  assertOurs(): Promise<void>;
  /** Gives it back, with how the run ended. */
  release(ended: { why: string | undefined; counts: object }): Promise<void>;
}

/** Milliseconds for which a run that was killed keeps the others out; renewed while it lives. */
const leaseMs = 120_000;

/**
 * Takes a partner's report for one run, by a row that says until when: a lock of the database would need a connection of its own for as
 * long as a network takes to answer. Rejects with Busy while another run has it.
 */
export async function takeLease(db: SyncDatabase, partner: string, ms = leaseMs): Promise<Lease> {
  const lease = randomUUID();
  const until = sql<Date>`clock_timestamp() + ${ms} * interval '1 millisecond'`;
  const fresh = { lease, leased_until: until, started_at: sql<Date>`clock_timestamp()`, ended_at: null, why: null, counts: null }; // prettier-ignore
  const taken = await db
    .insertInto('sync_runs')
    .values({ partner, ...fresh })
    .onConflict(
      (conflict) =>
      conflict.column('partner').doUpdateSet(fresh).where((where) => where.or([where('sync_runs.lease', 'is', null), where('sync_runs.leased_until', '<', sql<Date>`clock_timestamp()`)])), // prettier-ignore
    )
    .returning('partner')
    .executeTakeFirst();
  if (!taken) throw await busy(db, partner);
  const ours = () => db.updateTable('sync_runs').where('partner', '=', partner).where('lease', '=', lease);
  const renew = async () => (await ours().set({ leased_until: until }).executeTakeFirst()).numUpdatedRows === 1n; // prettier-ignore
  // A network may ask us to wait for minutes between two pages.
  const timer = setInterval(() => void renew().catch(() => undefined), ms / 4).unref();
  return {
    async assertOurs() {
      if (!(await renew())) throw new Busy(`another run has taken over the report of ${partner}`);
    },
    async release({ why, counts }) {
      clearInterval(timer);
      await ours()
        .set({
          lease: null,
          leased_until: null,
          ended_at: sql<Date>`clock_timestamp()`,
          why: why ?? null,
          counts: JSON.stringify(counts),
        }) // prettier-ignore
        .execute();
    },
  };
}

async function busy(db: SyncDatabase, partner: string): Promise<Busy> {
  const row = await db.selectFrom('sync_runs').select(['started_at', 'leased_until']).where('partner', '=', partner).executeTakeFirst(); // prettier-ignore
  const since = row?.started_at.toISOString() ?? 'a moment ago';
  const free = row?.leased_until?.toISOString() ?? 'then';
  return new Busy(`the report of ${partner} is being fetched since ${since}: this run does nothing. If that one was killed, it is free again at ${free}`); // prettier-ignore
}
