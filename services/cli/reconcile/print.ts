import type { Stake } from '../../ledger/reconcile/owed.ts';
import { meaningOf } from '../../ledger/reconcile/reasons.ts';
import type { Reconciliation } from '../../ledger/reconcile/list.ts';
import { countsOf } from '../../ledger/reconcile/summary.ts';
import { table } from '../linkshare/table.ts';
import type { Compared, Found, healAll } from './compare.ts';

/** What was compared and what came of it, for people. */
export function printSummary(name: string, { from, to, zone, summary, brokeOff }: Compared): string {
  const { compared, agreed, open, unexplained, unreadable } = summary;
  const head = [
    `${name}, ${from} to ${to}, days of ${zone}: ${compared} sales, ${agreed} agree, ${compared - agreed} do not; ${open} of these are open, ${unexplained} unexplained`,
    ...(brokeOff === undefined ? [] : [`THE REPORT IS NOT WHOLE: ${brokeOff}. What is missing in it is "not compared", and not "unknown to the report".`]),
    ...(unreadable > 0 ? [`${unreadable} rows of the report cannot be read: see linkshare events --topic quarantine, mend report: in the manifest`] : []),
  ]; // prettier-ignore
  const counts = countsOf(summary).map(([reason, { sales, open, stakes }]) => {
    const { name, mends } = meaningOf(reason);
    return [name, String(sales), String(open), moneyOf(stakes, 'sale'), moneyOf(stakes, 'commission'), mends];
  });
  return [head.join('\n'), ...(counts.length > 0 ? [table(summaryColumns, counts), note] : [])].join('\n\n');
}

const summaryColumns = [
  { name: 'reason' },
  { name: 'sales', right: true },
  { name: 'open', right: true },
  { name: 'sales of' },
  { name: 'commission' },
  { name: 'what mends it', most: 200 },
];

const note =
  "Money is the report's less the postbacks', each sale under its first reason. Open: the ledger still says otherwise than the report.";

const moneyOf = (stakes: readonly Stake[], what: 'sale' | 'commission') =>
  stakes
    .filter((stake) => stake[what] !== '0')
    .map((stake) => `${stake[what]} ${stake.currency}`)
    .join(', ');

/** One difference with its reasons and what each side said. */
export function printDifference({ n, day, conversions, rows, findings, evidence, canHeal }: Found): string {
  const keys = [...new Set([...conversions, ...rows])].join(', ');
  const said = findings.map(({ reason, field, said, reported }) => {
    const values = field === undefined || said === undefined ? '' : `: ${field} ${said ?? 'nothing'}, in the report ${reported ?? 'nothing'}`; // prettier-ignore
    return `   ${meaningOf(reason).name}${values}`;
  });
  return [
    `${n}. ${day}  ${keys}${canHeal ? '  (--heal)' : ''}`,
    ...said,
    ...evidence.map((line) => `     ${line}`),
  ].join('\n');
}

/** What healing did or would do. */
export function printHealed(healed: Awaited<ReturnType<typeof healAll>>, { plan }: { plan: boolean }): string {
  const { events, statuses, moves } = healed;
  if (events === 0) return 'Nothing to heal.';
  const lines = [
    ...statuses.map(({ from, to, conversions }) => from === to ? `  ${conversions} stay ${to}, what else was said of them changes` : `  ${conversions} become ${to}; now ${from === 'none' ? 'unknown' : from}`), // prettier-ignore
    ...moves.map(({ from, to, conversions, before, after }) => from === to ? `  ${conversions} of ${to}: payout ${before.join(', ') || 'none'}, then ${after.join(', ') || 'none'}` : `  ${conversions} from ${from} to ${to}: payout ${after.join(', ') || 'none'}`), // prettier-ignore
  ];
  const head = plan ? `Healing would publish ${events} rows of the report; without --plan it does:` : `Published ${events} rows of the report.`; // prettier-ignore
  return [head, ...lines].join('\n');
} // prettier-ignore

/** The last runs, one a line. */
export const printRuns = (runs: readonly Reconciliation[]): string =>
  table(
    ['run', 'began', 'partner', 'from', 'to', 'sales', 'agree', 'open', 'unexplained', 'by', ''].map((name) => ({ name })), // prettier-ignore
    runs.map(({ run, beganAt, partner, from, to, summary, by, brokeOff, isDone }) => [
      ...[String(run), beganAt.slice(0, 16).replace('T', ' '), partner, from, to],
      ...[summary.compared, summary.agreed, summary.open, summary.unexplained].map(String),
      ...[by, brokeOff !== null ? 'report not whole' : isDone ? '' : 'not finished'],
    ]),
  );
