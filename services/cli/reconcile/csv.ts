import { meaningOf } from '../../ledger/reconcile/reasons.ts';
import { byteOrderMark, csvLines } from '../../linkshare/csv.ts';
import { writeFileBy } from '../../runtime/wholeFile.ts';
import type { Found } from './compare.ts';

const heading = ['no', 'day', 'reasons', 'healed by --heal', 'conversions', 'rows of the report', 'currency', 'sale', 'commission', 'what mends it', 'evidence']; // prettier-ignore

/** Writes every difference to a file, a line for each currency of it; whole or not at all. */
export const writeCsv = (file: string, pages: AsyncIterable<Found[]>): Promise<void> =>
  writeFileBy(file, async (write) => {
    await write(byteOrderMark + csvLines([heading]));
    for await (const page of pages) await write(csvLines(page.flatMap(linesOf)));
  });

function linesOf({ n, day, findings, canHeal, conversions, rows, stakes, evidence }: Found) {
  const reasons = [...new Set(findings.map(({ reason }) => reason))].map(meaningOf);
  const before = [n, day, reasons.map(({ name }) => name).join('; '), canHeal ? 'yes' : 'no', conversions.join(' '), rows.join(' ')]; // prettier-ignore
  const after = [reasons.map(({ mends }) => mends).join(' | '), evidence.join(' | ')];
  const money = stakes.length > 0 ? stakes : [{ currency: '', sale: '', commission: '' }];
  return money.map(({ currency, sale, commission }) => [...before, currency, sale, commission, ...after]);
}
