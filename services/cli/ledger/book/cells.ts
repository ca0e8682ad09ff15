import { DateTime } from 'luxon';

/** The order of day and month where people write them with strokes. */
export type DayOrder = 'dmy' | 'mdy';

/** How a table was written. */
export interface Writing {
  /** Numbers have a comma. */
  commas: boolean;
  days?: DayOrder | undefined;
}

/** Reads a number as a plain decimal. Throws where it may mean two: it is never guessed. */
export function readNumber(cell: string, { commas }: Writing): string {
  const text = cell.replace(/\s*%$/, '');
  if (commas && /^-?\d{1,3}(\.\d{3})+$/.test(text))
    throw new Error(`"${cell}" may be ${text.replaceAll('.', '')} or ${text}: write it with a comma, or without the point`); // prettier-ignore
  return commas ? text.replace(/^(-?\d+),(\d+)$/, '$1.$2') : text;
}

/**
 * Reads a day as yyyy-mm-dd, also where a spreadsheet has rewritten it: `2026/11/24`, `24.11.2026`, `24/11/2026`. Throws where 3/4 may be
 * of March or April, unless `days` says which.
 */
export function readDay(cell: string, { days }: Writing): string {
  const [, y, m, d] = /^(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})$/.exec(cell) ?? [];
  if (y !== undefined) return day(cell, y, m!, d!);
  const [, first, sign, second, year] = /^(\d{1,2})([-/.])(\d{1,2})\2(\d{4})$/.exec(cell) ?? [];
  if (first === undefined) throw new Error(`"${cell}" is no day: write it as 2026-11-24`);
  const order = sign === '.' ? 'dmy' : (days ?? orderOf(Number(first), Number(second)));
  if (order === undefined)
    throw new Error(`"${cell}" may be the ${first}th or the ${second}th: say --days dmy or --days mdy`);
  return order === 'dmy' ? day(cell, year!, second!, first) : day(cell, year!, first, second!);
}

const orderOf = (first: number, second: number): DayOrder | undefined =>
  first > 12 || first === second ? 'dmy' : second > 12 ? 'mdy' : undefined;

function day(cell: string, y: string, m: string, d: string): string {
  const found = DateTime.utc(Number(y), Number(m), Number(d));
  if (!found.isValid) throw new Error(`"${cell}" is no day`);
  return found.toISODate();
}

/** Reads `approved=1 reversed=2`. */
export function readPairs(cell: string): Record<string, string> {
  const pairs = cell.split(/[\s;,]+/).filter(Boolean).map((pair) => pair.split('=', 2)); // prettier-ignore
  if (pairs.some((pair) => pair.length < 2)) throw new Error('write it as approved=1 reversed=2');
  return Object.fromEntries(pairs) as Record<string, string>;
}

export function readJson(cell: string): unknown {
  try {
    return JSON.parse(cell) as unknown;
  } catch (error) {
    throw new Error(`is no JSON: ${(error as Error).message}`, { cause: error });
  }
}

/**
 * A text that a spreadsheet would take for something else and write back otherwise (a day, a number of many digits or with zeros in
 * front, TRUE) gets an apostrophe in front, which reading takes away again. So does one that has an apostrophe of its own.
 */
export const guarded = (text: string): string =>
  /^'|^[-+]?[\d.,]+(e[-+]?\d+)?$|^\d+[-/.:]\d|^(true|false)$/i.test(text) ? `'${text}` : text;
