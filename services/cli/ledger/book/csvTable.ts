import { parse, type CsvError, type Info } from 'csv-parse/sync';

/** A table that somebody keeps in a spreadsheet: cells by their headings, and where they stand. */
export interface CsvTable {
  rows: { line: number; cells: Map<string, string> }[];
  /** `file:line:column`, as a spreadsheet names columns: A, B .. */
  at: (row: number, heading?: string) => string;
  /** Written where numbers have a comma: `2,7`. */
  commas: boolean;
}

/** Headings that may stand there. */
type Known = (heading: string) => boolean;

/**
 * Reads what Excel and others save: UTF-8 with or without its mark, any line ends, commas, semicolons or tabs between cells. Throws with
 * every problem as `file:line:column why`.
 */
export function readCsvTable(text: string, file: string, known: Known): CsvTable {
  const plain = text.replace(/^\ufeff/, '');
  if (/[\0\ufffd]/.test(plain)) throw new Error(`${file}:1:A is not UTF-8: save it as "CSV UTF-8"`);
  const separator = separatorOf(plain);
  const [head, ...rest] = records(plain, file, separator);
  const headings = head?.record.map((cell) => cell.trim().toLowerCase()) ?? [];
  const columnOf = (heading?: string) => letter(Math.max(0, headings.indexOf(heading ?? '')));
  const problems = headings.flatMap((name, i) => {
    const why = headings.indexOf(name) !== i && name !== '' ? 'comes twice' : name === '' || known(name) ? undefined : 'is no column of this table'; // prettier-ignore
    return why === undefined ? [] : [`${file}:${head!.line}:${letter(i)} "${name}" ${why}`];
  });
  for (const { record, line } of rest)
    record.forEach((cell, i) => {
      if (cell.trim() !== '' && !headings[i])
        problems.push(`${file}:${line}:${letter(i)} stands under no heading`);
    });
  if (problems.length > 0) throw new Error(problems.join('\n'));
  const rows = rest.map(({ record, line }) => ({ line, cells: cellsOf(headings, record) }));
  return {
    rows,
    at: (row, heading) => `${file}:${rows[row]!.line}:${columnOf(heading)}`,
    commas: separator === ';',
  };
}

/** Empty cells are not said. */
const cellsOf = (headings: readonly string[], record: readonly string[]) =>
  new Map(headings.map((name, i) => [name, bare(record[i] ?? '')] as const).filter(([name, cell]) => name !== '' && cell !== '')); // prettier-ignore

/** Without the apostrophe that keeps a spreadsheet from taking a text for a formula, a number or a day. */
const bare = (cell: string) => cell.trim().replace(/^'/, '');

/** Of the heading's line; between quotes none counts. */
function separatorOf(text: string): string {
  const said = /^sep=(.)\r?\n/i.exec(text)?.[1];
  if (said !== undefined) return said;
  const line = text.slice(0, text.search(/[\r\n]|$/)).replace(/"[^"]*"/g, '');
  const count = (separator: string) => line.split(separator).length;
  return [',', ';', '\t'].sort((a, b) => count(b) - count(a))[0]!;
}

function records(text: string, file: string, delimiter: string): { record: string[]; line: number }[] {
  const said = /^sep=.\r?\n/i.exec(text)?.[0] ?? '';
  try {
    const all = parse(text.slice(said.length), { delimiter, info: true, relax_column_count: true }) as unknown as { record: string[]; info: Info }[]; // prettier-ignore
    return all
      .map(({ record, info }) => ({ record, line: info.lines - breaksIn(record) + (said ? 1 : 0) }))
      .filter(({ record }) => record.some((cell) => cell.trim() !== ''));
  } catch (error) {
    const { lines, column, message } = error as CsvError & { lines?: number; column?: number };
    throw new Error(`${file}:${lines ?? 1}:${letter(typeof column === 'number' ? column : 0)} ${message}`, { cause: error }); // prettier-ignore
  }
}

/** A record is known by its last line; cells may hold line ends. */
const breaksIn = (record: readonly string[]) => record.reduce((sum, cell) => sum + cell.split(/\r\n|\r|\n/).length - 1, 0); // prettier-ignore

/** 0 is A, 26 is AA. */
export function letter(index: number): string {
  const last = String.fromCharCode(65 + (index % 26));
  return index < 26 ? last : letter(Math.floor(index / 26) - 1) + last;
}
