import { readDay, readNumber, type Writing } from './cells.ts';
import { readCsvTable } from './csvTable.ts';
import type { LocatedBook } from './readBook.ts';

const headings = ['from', 'to', 'day', 'rate', 'source'];

/** Reads a table of exchange rates: 1 `from` is `rate` `to`. Throws with every problem as `file:line:column heading: why`. */
export function readRatesCsv(text: string, file: string, days?: Writing['days']): LocatedBook {
  const table = readCsvTable(text, file, (heading) => headings.includes(heading));
  const writing = { commas: table.commas, days };
  const problems: string[] = [];
  const read = (row: number, heading: string, cell: string) => {
    try {
      return heading === 'day'
        ? readDay(cell, writing)
        : heading === 'rate'
          ? readNumber(cell, writing)
          : cell;
    } catch (error) {
      problems.push(`${table.at(row, heading)} ${heading}: ${(error as Error).message}`);
      return cell;
    }
  };
  const rates = table.rows.map(({ cells }, row) =>
    Object.fromEntries([...cells].map(([heading, cell]) => [heading, read(row, heading, cell)])),
  );
  if (problems.length > 0) throw new Error(problems.join('\n'));
  return { book: rates, place: (entry, field) => `${table.at(Number(entry.split('.')[1]), field)} ${field ?? ''}`.trimEnd() }; // prettier-ignore
}
