import { countsOf, type Summary } from '../../ledger/reconcile/summary.ts';
import type { Log } from '../../runtime/log.ts';
import type { Compared } from './compare.ts';
import { pastLimits, type Limits } from './limits.ts';

/** The line of the daily job; and one of level error, that an alarm waits for, where more differs than may or the report is not whole. */
export function logReconciled(
  log: Log,
  { partner, run, from, to, zone, summary, brokeOff }: Compared & { partner: string },
  limits: Limits,
): void {
  const about = { partner, run, from, to, zone };
  const { reasons: _, ...sums } = summary;
  log.info('reconciled', {
    ...about,
    ...sums,
    complete: brokeOff === undefined,
    reasons: reasonsOf(summary),
  });
  const past = pastLimits(summary, limits);
  if (past.length > 0) log.error('reconciliation: too many unexplained', { ...about, why: past.join('; ') });
  if (brokeOff !== undefined)
    log.error('reconciliation: the report is not whole', { ...about, why: brokeOff });
}

/** Sales by reason, and how many of them are open; money by currency. */
const reasonsOf = (summary: Summary) =>
  Object.fromEntries(countsOf(summary).map(([reason, { sales, open, stakes }]) => [reason, { sales, open, stakes }])); // prettier-ignore
