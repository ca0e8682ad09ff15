import { stringify } from 'csv-stringify/sync';

/** Excel takes a file without it for one in the code page of its country. */
export const byteOrderMark = '\ufeff';

/**
 * Rows as CSV with Windows line ends. A cell that a spreadsheet would run (`=`, `+`, `-`, `@`, a tab or a line end in front) gets an
 * apostrophe in front, so that what a shop or a tag is called is never a formula; numbers are left alone.
 * Source: https://owasp.org/www-community/attacks/CSV_Injection
 */
export function csvLines(
  rows: readonly (readonly (string | number | undefined)[])[],
  delimiter = ',',
): string {
  const cells = rows.map((row) => row.map((cell) => (cell === undefined ? '' : neutral(cell))));
  return stringify(cells, { record_delimiter: 'windows', delimiter });
}

function neutral(cell: string | number): string {
  const text = String(cell);
  return /^\s*[=+\-@\uff0b\uff1d\uff20\uff0d]|^[\t\r\n]/.test(text) && !/^-?\d+(\.\d+)?$/.test(text)
    ? `'${text}`
    : text;
}
