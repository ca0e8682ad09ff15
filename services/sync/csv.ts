import { createReadStream, openSync, readSync, closeSync } from 'node:fs';
import { Readable } from 'node:stream';
import { CsvError, parse } from 'csv-parse';

/** A row of a CSV file as JSON, or what is wrong with it; with the line of the file on which it ends. */
export type CsvRow = { line: number } & ({ text: string } | { problem: string });

type Source = { file: string } | { text: string };

/** What a row comes to with the parser's account of where it is. */
interface Record {
  record: string[];
  info: { lines: number };
}

/**
 * The rows of a CSV file with a header, one after the other: every value is text, under its column's name as a manifest can write it (see
 * columnName). Comma, semicolon and tab are told apart by the header; a byte order mark, quotes and line ends of any kind are understood.
 * Throws where the file as a whole cannot be read: no header, two columns of one name, a quote that never ends.
 */
export async function* csvRows(source: Source, delimiter?: string): AsyncGenerator<CsvRow> {
  const separator = delimiter ?? separatorOf('text' in source ? source.text : beginningOf(source.file));
  const input: Readable = 'text' in source ? Readable.from([source.text]) : createReadStream(source.file);
  const options = { bom: true, delimiter: separator, info: true, relax_column_count: true, skip_empty_lines: true, trim: true } as const; // prettier-ignore
  const parser = parse(options);
  input.on('error', (error) => parser.destroy(error)).pipe(parser);
  let names: string[] | undefined;
  try {
    for await (const { record, info } of parser as AsyncIterable<Record>) {
      if (names === undefined) names = columnsOf(record);
      else yield { line: info.lines, ...rowOf(names, record) };
    }
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    throw new Error(`line ${String(error.lines)}: ${sayOf(error)}`, { cause: error });
  }
  if (names === undefined) throw new Error('the file is empty: its first line names the columns');
}

/** A column's name as a manifest writes it: `Sale Amount (USD)` → `Sale_Amount_USD`. Case stays. */
export const columnName = (header: string) =>
  header
    .normalize('NFC')
    .replace(/[^\p{L}\p{M}\p{N}_-]+/gu, '_')
    .replace(/^_+|_+$/g, '');

function columnsOf(header: string[]): string[] {
  if (header.some((name) => name.includes('\0') || name.includes('\uFFFD')))
    throw new Error('the file is not UTF-8: save it as "CSV UTF-8"');
  const names = header.map(columnName);
  const twice = names.find((name, i) => name !== '' && names.indexOf(name) < i);
  if (twice !== undefined) throw new Error(`two columns are called "${twice}": rename one in the file`);
  if (names.length < 2) throw new Error(`the header has one column, "${names[0]}": are the columns parted by comma, semicolon or tab?`); // prettier-ignore
  return names;
}

function rowOf(names: string[], record: string[]): { text: string } | { problem: string } {
  if (record.length !== names.length)
    return { problem: `it has ${record.length} columns, and the header ${names.length}` };
  if (record.some((value) => value.includes('\uFFFD'))) return { problem: 'it is not UTF-8' };
  const named = names.flatMap((name, i) => (name === '' ? [] : [[name, record[i]]]));
  return { text: JSON.stringify(Object.fromEntries(named)) };
}

/** The sign that parts most columns of the header. */
function separatorOf(beginning: string): string {
  const [header = ''] = beginning.split(/\r?\n|\r/, 1);
  const unquoted = header.replace(/"[^"]*"/g, '');
  const count = (sign: string) => unquoted.split(sign).length;
  return [',', ';', '\t'].toSorted((a, b) => count(b) - count(a))[0]!;
}

function beginningOf(file: string): string {
  const handle = openSync(file, 'r');
  try {
    const bytes = Buffer.alloc(65_536);
    return bytes.toString('utf8', 0, readSync(handle, bytes));
  } finally {
    closeSync(handle);
  }
}

/** Of the parser's sentences those that people meet, in ours. */
function sayOf({ code, message }: CsvError): string {
  if (code === 'CSV_QUOTE_NOT_CLOSED') return 'a quote that begins here never ends';
  if (code === 'INVALID_OPENING_QUOTE' || code === 'CSV_INVALID_CLOSING_QUOTE')
    return 'a quote stands in the middle of a value: within quotes it is written twice';
  return message;
}
