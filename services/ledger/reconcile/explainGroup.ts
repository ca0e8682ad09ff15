import type { ConversionEvent } from '../../contract/event.ts';
import type { ConversionState } from '../../contract/state.ts';
import { differenceOf, type About, type Difference, type Finding } from './difference.ts';
import { addUpAlike, isSameSale, mayBeSameSale, saysTheSame } from './same.ts';
import { gapsBetween } from './told.ts';

/** Rows of the report that no postback told under their key, and conversions that the report does not have under theirs. */
export interface Strangers {
  rows: readonly ConversionEvent[];
  conversions: readonly ConversionState[];
}

/** Finds those that are one sale under different ids: for certain by their ids; by their order, if the amounts agree. */
export function groupStrangers({ rows, conversions }: Strangers): Strangers[] {
  const certain = components({ rows, conversions }, isSameSale);
  const rest = { rows: without(rows, certain.flatMap((group) => group.rows)), conversions: without(conversions, certain.flatMap((group) => group.conversions)) }; // prettier-ignore
  const likely = components(rest, mayBeSameSale).filter((group) => addUpAlike(group.rows, group.conversions));
  return [...certain, ...likely];
}

const without = <T>(all: readonly T[], taken: readonly T[]) => all.filter((each) => !taken.includes(each));

/** Those that hang together, each with at least one of both sides. */
function components({ rows, conversions }: Strangers, hang: typeof isSameSale): Strangers[] {
  const left = new Set(rows);
  const groups: Strangers[] = [];
  for (const first of rows) {
    if (!left.has(first)) continue;
    const group = { rows: new Set([first]), conversions: new Set<ConversionState>() };
    for (let size = 0; size !== group.rows.size + group.conversions.size;) {
      size = group.rows.size + group.conversions.size;
      for (const each of conversions) if ([...group.rows].some((row) => hang(row, each))) group.conversions.add(each); // prettier-ignore
      for (const row of left) if ([...group.conversions].some((each) => hang(row, each))) group.rows.add(row);
    }
    for (const row of group.rows) left.delete(row);
    if (group.conversions.size > 0)
      groups.push({ rows: [...group.rows], conversions: [...group.conversions] });
  }
  return groups;
}

/** One sale that both sides tell under different ids. Never healed: publishing the row would make it two. */
export function explainGroup({ rows, conversions }: Strangers, about: About): Difference {
  return differenceOf({ said: conversions, reported: rows, findings: findingsOf({ rows, conversions }, about) }, about); // prettier-ignore
}

function findingsOf({ rows, conversions }: Strangers, { zone }: About): Finding[] {
  const [row, said] = [rows[0]!, conversions[0]!];
  const other: Finding = { reason: 'other-identity', said: said.key, reported: row.key, open: true };
  if (rows.length === 1 && conversions.length === 1) {
    const isOff = gapsBetween(said, row, zone).some(({ amounts }) => amounts);
    return isOff && !saysTheSame(said, row) ? [other, unexplained] : [other];
  }
  if (addUpAlike(rows, conversions)) return [{ ...other, reason: 'split' }];
  const areCopies = rows.length === 1 && conversions.every((each) => saysTheSame(each, row));
  return [other, areCopies ? { reason: 'duplicate', open: true } : unexplained];
}

const unexplained: Finding = { reason: 'unexplained', open: true };
