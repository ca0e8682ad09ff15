import type { WholeBook } from '../../../ledger/publishers/book.ts';
import { byteOrderMark, csvLines } from '../../../linkshare/csv.ts';
import type { Writing } from './cells.ts';
import { bookColumns, everybody, headings, secretNote, type List } from './columns.ts';

type Entry = Record<string, unknown>;

/** A book as a table: a row of each publisher with its postback, then one of each of its rules. */
export function writeBookCsv(book: WholeBook, semicolons = false): string {
  const writing = { commas: semicolons };
  const contacts = [...new Set(book.publishers.flatMap(({ contacts = {} }) => Object.keys(contacts)))].sort();
  const head = [
    'publisher',
    'kind',
    ...headings,
    ...contacts.map((kind) => `contact_${kind}`),
    'postback_secret',
  ];
  const rows = rowsOf(book).map((cells) => head.map((heading) => cells(heading, writing)));
  return byteOrderMark + csvLines([head, ...rows], semicolons ? ';' : ',');
}

type Cells = (heading: string, writing: Writing) => string;

function rowsOf({ publishers, rules, payouts, postbacks }: WholeBook): Cells[] {
  const of = (id: string | undefined) => (entry: { publisher?: string | undefined }) =>
    entry.publisher === id;
  const ruleRows = (id: string | undefined) => [
    ...rules.filter(of(id)).map((rule) => row(id, { rules: rule })),
    ...payouts.filter(of(id)).map((rule) => row(id, { payouts: rule })),
  ];
  return [
    ...ruleRows(undefined),
    ...publishers.flatMap((publisher) => [
      row(publisher.id, { publishers: publisher, postbacks: postbacks.find(of(publisher.id)) }),
      ...ruleRows(publisher.id),
    ]),
  ];
}

function row(id = everybody, entries: Partial<Record<List, object | undefined>>): Cells {
  const { publishers, rules, payouts, postbacks } = entries as Partial<Record<List, Entry>>;
  const kind = (rules ?? payouts)?.kind;
  const contacts = (publishers?.contacts ?? {}) as Record<string, string>;
  return (heading, writing) => {
    if (heading === 'publisher') return id;
    if (heading === 'kind') return (kind as string | undefined) ?? '';
    if (heading === 'postback_secret') return postbacks?.sign === true ? secretNote : '';
    if (heading.startsWith('contact_')) return contacts[heading.slice('contact_'.length)] ?? '';
    const column = bookColumns.find(({ heading: name, list }) => name === heading && entries[list]);
    const value = column && (entries[column.list] as Entry)[column.field];
    return value === undefined ? '' : column!.write(value, writing);
  };
}
