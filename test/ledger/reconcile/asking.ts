import type { ConversionEvent } from '../../../services/contract/event.ts';
import { createIntake } from '../../../services/ledger/intake.ts';
import { operate } from '../../../services/ledger/operations.ts';
import type { Difference } from '../../../services/ledger/reconcile/difference.ts';
import type { Healed } from '../../../services/ledger/reconcile/heal.ts';
import type { Progress } from '../../../services/ledger/reconcile/step.ts';
import type { Summary } from '../../../services/ledger/reconcile/summary.ts';
import type { Ledger } from '../../../services/ledger/tables.ts';
import type { Partner } from '../../../services/manifest/compile.ts';
import type { MadeSale } from './month.ts';

export const settings = { repeatWindow: () => 3_600_000, paysUnverified: () => false };

export type Found = Difference & { n: number; canHeal: boolean };

export interface Reconciled {
  run: number;
  summary: Summary;
  found: Found[];
}

/** Puts what came into the ledger, as the bus brings it. */
export async function bring(db: Ledger, sales: readonly MadeSale[]): Promise<void> {
  const intake = createIntake(db, settings);
  const texts = (records: readonly object[]) => records.map((record) => JSON.stringify(record));
  await intake.take('conversions', texts(sales.flatMap(({ events }) => events)));
  await intake.take('quarantine', texts(sales.flatMap(({ quarantined }) => quarantined)));
  await intake.take('refused', texts(sales.flatMap(({ refused }) => refused)));
}

/** Asks the ledger as the command line does. */
export function asking(db: Ledger, partner: Partner) {
  const about = { db, partners: [partner], liveSecrets: () => () => ['right'], settings, who: 'ann' };
  const ask = async <T>(name: string, args: object) =>
    (await operate({ ...about, now: new Date('2026-11-10T00:00:00Z') }, name, args)) as T;

  async function reconcile(
    rows: readonly ConversionEvent[],
    { from = '2026-10-01', to = '2026-10-31', brokeOff = undefined as string | undefined, unreadable = [] as object[] } = {},
  ): Promise<Reconciled> {
    const { run } = await ask<{ run: number }>('reconcile-begin', { partner: partner.id, from, to });
    for (let at = 0; at < rows.length; at += 150) await ask('reconcile-add', { run, events: rows.slice(at, at + 150) });
    await ask('reconcile-add', { run, events: [], unreadable });
    await ask('reconcile-end', { run, brokeOff });
    for (;;) {
      const { phase, summary } = await ask<Progress>('reconcile-step', { run });
      if (phase === 'done') return { run, summary, found: await differences(run) };
    }
  } // prettier-ignore

  async function differences(run: number): Promise<Found[]> {
    const all: Found[] = [];
    for (;;) {
      const page = await ask<Found[]>('reconcile-differences', {
        run,
        place: all.at(-1)?.n ?? 0,
        limit: 100,
      });
      if (page.length === 0) return all;
      all.push(...page);
    }
  }

  async function heal(run: number, plan = false): Promise<Healed[]> {
    const pages: Healed[] = [];
    for (let place: number | undefined = 0; place !== undefined; place = pages.at(-1)!.place)
      pages.push(await ask<Healed>('reconcile-heal', { run, place, plan }));
    return pages;
  }

  return { ask, reconcile, heal };
}
