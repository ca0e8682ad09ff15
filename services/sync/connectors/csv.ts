import type { Connector } from '../connector.ts';
import { csvRows } from '../csv.ts';

/**
 * A report that somebody downloads, as a file. `linkshare sync import` says which: `settings.file`. A row is a page, so that the columns'
 * names are the places; rows that the format itself breaks are told by line, and the others go on.
 */
export const csv: Connector = async function* ({ settings: { file, delimiter }, log }) {
  if (file === undefined)
    throw new Error('this report is a file: linkshare sync import <partner> <file.csv>');
  for await (const row of csvRows({ file }, delimiter))
    if ('text' in row) yield row.text;
    else log.warn('row not read', { line: row.line, why: row.problem });
};
