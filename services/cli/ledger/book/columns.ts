import type { Book } from '../../../ledger/publishers/book.ts';
import { guarded, readDay, readJson, readNumber, readPairs, type Writing } from './cells.ts';

/** The lists of a book that a row can add to. */
export type List = keyof Book;

export interface BookColumn {
  heading: string;
  list: List;
  field: string;
  read: (cell: string, writing: Writing) => unknown;
  write: (value: unknown, writing: Writing) => string;
}

const asText = (cell: string) => cell;
const writeText = (value: unknown) => guarded(String(value));
const text = (list: List, heading: string, field = heading): BookColumn => ({ list, heading, field, read: asText, write: writeText }); // prettier-ignore
const word = (list: List, heading: string, field = heading): BookColumn => ({ ...text(list, heading, field), write: String }); // prettier-ignore
const number = (list: List, heading: string, field = heading): BookColumn => ({
  ...{ list, heading, field, read: readNumber },
  write: (value, { commas }) => (commas ? String(value).replace('.', ',') : String(value)),
});
const day = (list: List, heading: string): BookColumn => ({ ...text(list, heading), read: readDay });
const yes = (heading: string, field: string): BookColumn => ({
  ...word('postbacks', heading, field),
  write: (value) => (value ? 'yes' : 'no'),
});

/** Columns that say something of a rule; `kind` tells which list it goes to. */
const ofRules = (list: 'rules' | 'payouts'): BookColumn[] => [
  text(list, 'partner'),
  day(list, 'since'),
  day(list, 'until'),
];

/** All columns but `publisher`, `kind` and the contacts, in the order in which they are written. */
export const bookColumns: BookColumn[] = [
  text('publishers', 'name'),
  word('publishers', 'status'),
  word('publishers', 'pay_in', 'payIn'),
  text('rules', 'value'),
  number('rules', 'priority'),
  ...ofRules('rules'),
  ...ofRules('payouts'),
  text('payouts', 'offer'),
  number('payouts', 'rate'),
  number('payouts', 'fixed'),
  number('payouts', 'cap'),
  number('payouts', 'minimum'),
  word('payouts', 'currency'),
  number('payouts', 'hold_days', 'holdDays'),
  text('postbacks', 'postback_url', 'url'),
  word('postbacks', 'postback_method', 'method'),
  {
    ...word('postbacks', 'postback_statuses', 'statuses'),
    read: readPairs,
    write: (value) => Object.entries(value as object).map(([ours, theirs]) => `${ours}=${theirs as string}`).join(' '), // prettier-ignore
  },
  { ...word('postbacks', 'postback_body', 'body'), read: readJson, write: (value) => JSON.stringify(value) },
  number('postbacks', 'postback_delay_seconds', 'delaySeconds'),
  text('postbacks', 'postback_match', 'match'),
  yes('postback_tests', 'tests'),
  yes('postback_unverified', 'unverified'),
  yes('postback_sign', 'sign'),
  number('postbacks', 'postback_concurrency', 'concurrency'),
  number('postbacks', 'postback_off_after', 'offAfter'),
  yes('postback_on', 'on'),
];

export const headings = [...new Set(bookColumns.map(({ heading }) => heading))];

/** Kinds of a row's rule: the first say whose a sale is, the others what is paid. */
export const kindsOf = { rules: ['exact', 'prefix', 'pattern', 'offer'], payouts: ['share', 'percent', 'fixed'] } as const; // prettier-ignore

/** Instead of a publisher: a payout rule that is for everybody. */
export const everybody = '*';
/** In the column of signing secrets, which are not exported. */
export const secretNote = 'not in this file';
