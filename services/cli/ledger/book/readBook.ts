import type { Writing } from './cells.ts';
import {
  bookColumns,
  everybody,
  headings,
  kindsOf,
  secretNote,
  type BookColumn,
  type List,
} from './columns.ts';
import { readCsvTable, type CsvTable } from './csvTable.ts';

/** A book as it was written, and where its entries stand: `place('rules.3', 'value')` is `file:7:F`. */
export interface LocatedBook {
  book: unknown;
  place: (entry: string, field: string | undefined) => string | undefined;
}

const contact = 'contact_';
const isKnown = (heading: string) =>
  ['publisher', 'kind', 'postback_secret', ...headings].includes(heading) || heading.startsWith(contact);

/** Reads a table of publishers and their rules. Throws with every problem of a cell as `file:line:column heading: why`. */
export function readBookCsv(text: string, file: string, days?: Writing['days']): LocatedBook {
  const table = readCsvTable(text, file, isKnown);
  const writing = { commas: table.commas, days };
  const book: Record<List, object[]> = { publishers: [], rules: [], payouts: [], postbacks: [] };
  const places = new Map<string, number>();
  const problems: string[] = [];
  table.rows.forEach(({ cells }, row) => {
    const problem = (heading: string, why: string) => void problems.push(`${table.at(row, heading)} ${heading}: ${why}`); // prettier-ignore
    for (const [list, entry] of entriesOf(cells, writing, problem)) {
      places.set(`${list}.${book[list].length}`, row);
      book[list].push(entry);
    }
  });
  if (problems.length > 0) throw new Error(problems.join('\n'));
  return { book, place: (entry, field) => placeOf(table, places.get(entry), entry, field) };
}

type Problem = (heading: string, why: string) => void;

function entriesOf(cells: Map<string, string>, writing: Writing, problem: Problem): [List, object][] {
  const id = cells.get('publisher');
  const kind = cells.get('kind');
  if (id === undefined) problem('publisher', 'say whose row it is, or * for what everybody is paid');
  const secret = cells.get('postback_secret');
  if (secret !== undefined && secret !== secretNote)
    problem('postback_secret', 'a secret is made by "publisher postback --new-secret", and is not imported');
  const kinds = kindsOf as Record<string, readonly string[]>;
  const list = Object.keys(kinds).find((name) => kinds[name]!.includes(kind ?? '')) as 'rules' | 'payouts' | undefined; // prettier-ignore
  if (kind !== undefined && !list) problem('kind', `is one of ${Object.values(kinds).flat().join(', ')}`);
  const of = (name: List) => fieldsOf(name, cells, writing, problem);
  refuseStrays(cells, list, problem);
  const contacts = Object.fromEntries([...cells].flatMap(([name, cell]) => (name.startsWith(contact) ? [[name.slice(contact.length), cell]] : []))); // prettier-ignore
  const publisher = { ...of('publishers'), ...(Object.keys(contacts).length > 0 && { contacts }) };
  const named = id === everybody ? {} : { publisher: id };
  return [
    ...(Object.keys(publisher).length > 0 ? [['publishers', { id, ...publisher }] as [List, object]] : []),
    ...(list ? [[list, { ...named, kind, ...of(list) }] as [List, object]] : []),
    ...(Object.keys(of('postbacks')).length > 0 ? [['postbacks', { ...named, ...of('postbacks') }] as [List, object]] : []), // prettier-ignore
  ];
}

function fieldsOf(list: List, cells: Map<string, string>, writing: Writing, problem: Problem): object {
  const found = bookColumns.filter((column) => column.list === list && cells.has(column.heading));
  return Object.fromEntries(
    found.flatMap(({ heading, field, read }) => {
      try {
        return [[field, read(cells.get(heading)!, writing)]];
      } catch (error) {
        problem(heading, (error as Error).message);
        return [];
      }
    }),
  );
}

/** A cell that says something of a rule, in a row that has none of the sort. */
function refuseStrays(
  cells: Map<string, string>,
  list: 'rules' | 'payouts' | undefined,
  problem: Problem,
): void {
  const ofRules = ({ list }: BookColumn) => list === 'rules' || list === 'payouts';
  const mine = new Set(bookColumns.filter((column) => column.list === list).map(({ heading }) => heading));
  for (const heading of new Set(bookColumns.filter(ofRules).map(({ heading }) => heading)))
    if (cells.has(heading) && !mine.has(heading))
      problem(heading, cells.has('kind') ? `is not for a rule of kind ${cells.get('kind')}` : 'say the kind of the rule, too'); // prettier-ignore
}

function placeOf(
  table: CsvTable,
  row: number | undefined,
  entry: string,
  field: string | undefined,
): string | undefined {
  // prettier-ignore
  if (row === undefined) return undefined;
  const list = entry.split('.')[0];
  const column = bookColumns.find((each) => each.list === list && each.field === field);
  const heading = column?.heading ?? (field === 'kind' ? field : 'publisher');
  return `${table.at(row, heading)} ${heading}`;
}
