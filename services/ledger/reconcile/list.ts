import type { Ledger } from '../tables.ts';
import type { Difference } from './difference.ts';
import type { Summary } from './summary.ts';

/** A reconciliation that was made, without its differences. */
export interface Reconciliation {
  run: number;
  partner: string;
  from: string;
  to: string;
  zone: string;
  beganAt: string;
  by: string;
  /** Why the report was not read to its end, if it was not. */
  brokeOff: string | null;
  isDone: boolean;
  summary: Summary;
}

/** The last reconciliations, newest first; of one partner or of all. */
export async function listRuns(
  db: Ledger,
  { partner, last }: { partner?: string | undefined; last: number },
): Promise<Reconciliation[]> {
  const rows = await db
    .selectFrom('reconcile_runs')
    .selectAll()
    .$if(partner !== undefined, (query) => query.where('partner', '=', partner!))
    .orderBy('id', 'desc')
    .limit(last)
    .execute();
  return rows.map((row) => ({
    run: row.id,
    partner: row.partner,
    from: row.since,
    to: row.until,
    zone: row.zone,
    beganAt: row.began_at.toISOString(),
    by: row.began_by,
    brokeOff: row.broke_off,
    isDone: row.phase === 'done',
    summary: JSON.parse(row.summary) as Summary,
  }));
}

/** A page of what a run found, from after number `place` on; `canHeal` says whether healing covers it. */
export async function listDifferences(
  db: Ledger,
  { run, place, limit }: { run: number; place: number; limit: number },
): Promise<(Difference & { n: number; canHeal: boolean })[]> {
  const rows = await db
    .selectFrom('reconcile_differences')
    .selectAll()
    .where('run', '=', run)
    .where('n', '>', place)
    .orderBy('n')
    .limit(limit)
    .execute();
  return rows.map(({ n, data, heal }) => ({
    n,
    ...(JSON.parse(data) as Difference),
    canHeal: heal !== null,
  }));
}
