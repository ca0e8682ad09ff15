import { FixedOffsetZone } from 'luxon';
import type { StatementLine } from '../../ledger/queries/statementLines.ts';
import type { StatementSums } from '../../ledger/queries/statements.ts';
import { byteOrderMark, csvLines } from '../../linkshare/csv.ts';
import { beginSheet } from '../../linkshare/excel/sheet.ts';
import { createWorkbook } from '../../linkshare/excel/workbook.ts';
import { cellText } from '../../linkshare/report/text.ts';
import { writeFileBy } from '../../runtime/wholeFile.ts';
import { lineColumns, rowsOf, sumColumns } from './statementColumns.ts';

export interface Exported {
  statements: readonly StatementSums[];
  /** Page by page: a month may have more lines than memory. */
  pages: AsyncIterable<readonly StatementLine[]>;
  internal: boolean;
}

const zone = FixedOffsetZone.utcInstance;

/** Lines as CSV that Excel opens as UTF-8. */
export async function* statementCsv({ pages, internal }: Exported): AsyncGenerator<string> {
  const columns = lineColumns(internal);
  yield byteOrderMark + csvLines([columns.map(({ name }) => name)]);
  for await (const page of pages)
    yield csvLines(page.flatMap(rowsOf).map((row) => columns.map(({ cell }) => cellText(cell(row), zone))));
}

/** An Excel file of the sheets Lines and Summary, written as it grows. */
export function writeStatementExcel(file: string, { statements, pages, internal }: Exported): Promise<void> {
  return writeFileBy(file, async (write) => {
    const workbook = createWorkbook(write);
    const lines = beginSheet(workbook, { name: 'Lines', columns: lineColumns(internal), zone });
    for await (const page of pages) for (const row of page.flatMap(rowsOf)) await lines.add(row);
    const ended = await lines.end();
    const sums = beginSheet(workbook, { name: 'Summary', columns: sumColumns(internal), zone });
    for (const statement of statements) await sums.add(statement);
    await workbook.finish([...ended, ...(await sums.end())]);
  });
}
