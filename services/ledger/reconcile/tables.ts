import type { ColumnType, Generated } from 'kysely';

export const phases = ['report', 'quarantine', 'refused', 'rows', 'conversions', 'done'] as const;
export type Phase = (typeof phases)[number];

/** One reconciliation, and how far it has got. */
interface Runs {
  id: Generated<number>;
  partner: string;
  /** First and last day, in `zone`. */
  since: string;
  until: string;
  zone: string;
  began_at: ColumnType<Date, Date | undefined, never>;
  began_by: string;
  /** Whether the report was read to its end; null while it is read. */
  complete: boolean | null;
  /** Why it was not. */
  broke_off: string | null;
  phase: ColumnType<Phase, Phase | undefined>;
  /** The last one that this phase is done with. */
  place: ColumnType<string, string | undefined>;
  /** The Summary, as JSON. */
  summary: string;
  done_at: Date | null;
}

/** The report, while it is compared: an event as JSON; `counts` where its day is in the period, and not beside it. */
interface Rows {
  run: number;
  id: string;
  key: string;
  conversion_id: string;
  order_id: string | null;
  counts: boolean;
  data: string;
}

/** A request that is in no conversion (Waiting as JSON), and under which names it is to be found. */
interface WaitingRows {
  run: number;
  id: string;
  data: string;
}
interface Names {
  run: number;
  name: string;
  waiting: string;
}

/** Keys that are told already, with another one: a sale under two ids. */
interface Told {
  run: number;
  key: string;
}

/** A Difference as JSON; and the event that heals it, if one does. */
interface Differences {
  run: number;
  n: number;
  data: string;
  heal: string | null;
}

export interface ReconcileTables {
  reconcile_runs: Runs;
  reconcile_rows: Rows;
  reconcile_waiting: WaitingRows;
  reconcile_names: Names;
  reconcile_told: Told;
  reconcile_differences: Differences;
}
