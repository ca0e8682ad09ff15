import { median } from './load.ts';
import type { SubjectName } from './subjects.ts';

/** What was measured of each subject, a number for each round. */
export type Rounds = Map<SubjectName, number[]>;

/** Medians of the rounds; of a ratio, since subjects take turns, the median of each round's own. */
export const ratio = (rounds: Rounds, one: SubjectName, other: SubjectName) =>
  median(rounds.get(one)!.map((value, i) => value / rounds.get(other)![i]!));

export interface Column {
  head: string;
  rounds: Rounds;
  digits?: number;
}

/** A row for each subject, with the medians of its rounds. */
export function printTable(title: string, columns: Column[]): void {
  console.log(`\n${title}`);
  console.log(`  ${''.padEnd(20)}${columns.map(({ head }) => head.padStart(18)).join('')}`);
  for (const name of columns[0]!.rounds.keys()) {
    const cells = columns.map(({ rounds, digits = 0 }) => {
      const values = rounds.get(name) ?? [];
      return (values.length > 0 ? median(values).toFixed(digits) : '-').padStart(18);
    });
    console.log(`  ${name.padEnd(20)}${cells.join('')}`);
  }
}

/** Says how the gateway compares where nothing was to be reached. */
export const printRatio = (what: string, rounds: Rounds, other: SubjectName) =>
  console.log(`  ${what}: ${ratio(rounds, 'the gateway', other).toFixed(2)} of ${other}`);

/** Says what was to be reached and whether it was: `{ most: 0.2 }` of the other's, or `{ least: 2 }` times it. */
export function printTarget(
  what: string,
  rounds: Rounds,
  other: SubjectName,
  bound: { most: number } | { least: number },
): void {
  const found = ratio(rounds, 'the gateway', other);
  const met = 'most' in bound ? found <= bound.most : found >= bound.least;
  const wanted = 'most' in bound ? `at most ${bound.most}` : `at least ${bound.least}`;
  console.log(`  target: ${what}, ${wanted} of ${other}: ${found.toFixed(2)}, ${met ? 'met' : 'MISSED'}`);
}
