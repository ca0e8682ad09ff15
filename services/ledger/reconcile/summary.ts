import { addAmounts } from '../../contract/amount.ts';
import type { Difference } from './difference.ts';
import type { Stake } from './owed.ts';
import { meaningOf, reasonNames, type Reason } from './reasons.ts';

/** What a reason was found for, in a run. */
export interface Count {
  /** Sales that it was found for. A sale with two reasons counts for both. */
  sales: number;
  /** Of these, those of which the ledger still says otherwise than the report. */
  open: number;
  /** Money of those sales of which it is the first reason, so that all stakes add up. */
  stakes: Stake[];
}

export interface Summary {
  /** Sales that one side told or both, in the period. */
  compared: number;
  agreed: number;
  /** Sales that differ in more than a note and are not healed; and those that nobody can explain, healed or not. */
  open: number;
  /** Sales that differ in something nobody can explain, healed or not. */
  unexplained: number;
  /** Sales of the report that no postback told, healed or not. */
  untold: number;
  /** Rows of the report that cannot be read. */
  unreadable: number;
  reasons: Partial<Record<Reason, Count>>;
}

export const emptySummary = (): Summary => ({
  compared: 0,
  agreed: 0,
  open: 0,
  unexplained: 0,
  untold: 0,
  unreadable: 0,
  reasons: {},
});

/** Counts what a page found; `agreed` sales had no difference. */
export function count(summary: Summary, { agreed, found }: { agreed: number; found: readonly Difference[] }): Summary {
  const next = structuredClone(summary);
  next.agreed += agreed;
  next.compared += agreed + found.length;
  for (const difference of found) countOne(next, difference);
  return next;
} // prettier-ignore

function countOne(summary: Summary, { findings, stakes }: Difference): void {
  const weighs = (weight: string) => findings.filter(({ reason }) => meaningOf(reason).weight === weight);
  const isUnexplained = weighs('unexplained').length > 0;
  if (isUnexplained || weighs('difference').some(({ open }) => open)) summary.open += 1;
  if (isUnexplained) summary.unexplained += 1;
  const names = [...new Set(findings.map(({ reason }) => reason))];
  if (names.some((name) => untold.has(name))) summary.untold += 1;
  for (const [i, name] of names.entries()) {
    const known = (summary.reasons[name] ??= { sales: 0, open: 0, stakes: [] });
    known.sales += 1;
    if (findings.some(({ reason, open }) => reason === name && open)) known.open += 1;
    if (i === 0) known.stakes = addStakes(known.stakes, stakes);
  }
}

const untold = new Set<Reason>(['never-arrived', 'quarantined', 'refused']);

function addStakes(sums: readonly Stake[], stakes: readonly Stake[]): Stake[] {
  const byCurrency = new Map(sums.map((sum) => [sum.currency, sum]));
  for (const { currency, sale, commission } of stakes) {
    const known = byCurrency.get(currency) ?? { currency, sale: '0', commission: '0' };
    const sum = { sale: addAmounts(known.sale, sale), commission: addAmounts(known.commission, commission) };
    byCurrency.set(currency, { currency, ...sum });
  }
  return [...byCurrency.values()].sort((a, b) => (a.currency < b.currency ? -1 : 1));
}

/** Counts by reason in the order of the table of reasons. */
export const countsOf = ({ reasons }: Summary): [Reason, Count][] =>
  reasonNames.flatMap((name) => (reasons[name] ? [[name, reasons[name]]] : []));
