import type { ConversionEvent } from '../../contract/event.ts';

/**
 * The row that counts of those that a report has for one conversion: the one changed last. They clash where two say different things and no
 * update time says which is newer. Equal rows, as from pages that overlap, are one.
 */
export function newestRow(rows: readonly ConversionEvent[]): { row: ConversionEvent; clash: boolean } {
  const distinct = [...new Map(rows.map((row) => [row.id, row])).values()];
  const sorted = distinct.sort((a, b) => ((a.updatedAt ?? '') < (b.updatedAt ?? '') ? 1 : -1));
  const [row, next] = sorted;
  return { row: row!, clash: next !== undefined && next.updatedAt === row!.updatedAt };
}
