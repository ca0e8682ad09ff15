import type { OrderLine } from '../line.ts';
import type { Group, Grouping } from './groups.ts';
import type { Totals } from './sums.ts';

/** All that is known at the end, when every line has gone by. */
export interface Report {
  /** Sentences that say what the numbers are of. */
  about: string[];
  totals: Totals;
  by: (grouping: Grouping) => Group[];
}

/** Something that a report is written into. */
export interface Sink {
  lines(batch: readonly OrderLine[]): Promise<void>;
  /** Resolves to the files it became. */
  finish(report: Report): Promise<string[]>;
  abandon(): Promise<void>;
}

/** Sends lines through to every sink, and finishes all or none. */
export async function writeReport(
  batches: AsyncIterable<OrderLine[]>,
  {
    take,
    sinks,
    report,
  }: { take: (line: OrderLine) => boolean; sinks: readonly Sink[]; report: () => Report },
): Promise<string[]> {
  try {
    for await (const batch of batches) {
      const taken = batch.filter(take);
      for (const sink of sinks) await sink.lines(taken);
    }
    const done = report();
    const files: string[] = [];
    for (const sink of sinks) files.push(...(await sink.finish(done)));
    return files;
  } catch (error) {
    for (const sink of sinks) await sink.abandon();
    throw error;
  }
}
