import { csvLines } from '../../linkshare/csv.ts';
import { UsageError } from '../../linkshare/errors.ts';
import { table, type Column } from './table.ts';
import type { Screen } from './screen.ts';

export interface PrintOptions {
  json?: boolean;
  csv?: boolean;
}

/** Throws UsageError where both are asked for. */
export function checkPrint({ json, csv }: PrintOptions): void {
  if (json && csv) throw new UsageError('Take --json or --csv: both cannot be printed at once.');
}

/** Prints a list as a person, a program or a spreadsheet reads it. */
export function printList(
  screen: Screen,
  { json, csv }: PrintOptions,
  list: { columns: readonly Column[]; rows: readonly (readonly string[])[]; json: unknown; none: string },
): void {
  if (json) return screen.print(JSON.stringify(list.json, null, 2));
  if (csv) return screen.print(csvLines([list.columns.map(({ name }) => name), ...list.rows]).trimEnd());
  screen.print(list.rows.length === 0 ? list.none : table(list.columns, list.rows));
}
