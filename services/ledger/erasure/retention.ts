import { sql } from 'kysely';
import type { ConversionEvent } from '../../contract/event.ts';
import type { QuarantineRecord, RefusedRecord } from '../../contract/records.ts';
import type { Trx } from '../audit.ts';
import { bare, forgetQuarantined, withoutRequest } from './forget.ts';

/** What is not kept for ever, for how many days, and how it goes. */
export interface Rule {
  what: string;
  days: number;
  /** Rows past it: `id` and, where it is rewritten, `text`. */
  past: (before: Date) => ReturnType<typeof sql>;
  forget: (trx: Trx, rows: readonly Row[]) => Promise<unknown>;
  isOfBus?: true;
}

interface Row {
  id: string;
  text: string;
}

/** As `bare` leaves a request: no real path is empty. */
const notBare = (column: string) => sql`position('"path":""' in ${sql.ref(column)}) = 0`;
const all = (rows: readonly Row[]) => sql.val(rows.map(({ id }) => id));

/** Rewrites each row's text: `update TABLE`, with what else is set. */
const rewrite =
  (
    table: string,
    key: { name: string; type: string },
    column: string,
    change: (text: string) => string,
    also = sql``,
  ): Rule['forget'] =>
  // prettier-ignore
  async (trx, rows) => {
    for (const { id, text } of rows)
      await sql`update ${sql.table(table)} set ${sql.ref(column)} = ${change(text)} ${also} where ${sql.ref(key.name)} = ${id}::${sql.raw(key.type)}`.execute(trx); // prettier-ignore
  };
const byId = { name: 'id', type: 'text' };
const bySeq = { name: 'seq', type: 'bigint' };
/** Where the row lies, which holds while it is locked. */
const byPlace = { name: 'ctid', type: 'tid' };

const changed = <T>(change: (value: T) => T) => (text: string) => JSON.stringify(change(JSON.parse(text) as T)); // prettier-ignore
const event = changed<ConversionEvent>(withoutRequest);
const quarantined = changed<QuarantineRecord>(forgetQuarantined);
const refused = changed<RefusedRecord>((record) => ({ ...record, raw: bare(record.raw) }));
const recorded = sql`seq <= coalesce((select c.seq from cursors c where c.topic = messages.topic), 0)`;

/** Requests as long as BigQuery has them; what was refused is a stranger's word; what publishers answered is for mending a postback. */
export const retention: readonly Rule[] = [
  {
    what: 'requests of events',
    days: 400,
    past: (before) => sql`select ctid::text as id, data as text from events where received_at < ${before} and not bare`, // prettier-ignore
    forget: rewrite('events', byPlace, 'data', event, sql`, bare = true`),
  },
  {
    what: 'requests in the quarantine',
    days: 400,
    past: (before) => sql`select id, record as text from quarantine where received_at < ${before} and ${notBare('record')}`, // prettier-ignore
    forget: rewrite('quarantine', byId, 'record', quarantined, sql`, outcome = case when outcome is null or outcome = 'quarantined' then 'too old' else outcome end`), // prettier-ignore
  },
  {
    what: 'refused requests',
    days: 7,
    past: (before) => sql`select id, '' as text from refused where received_at < ${before} and released_at is null`, // prettier-ignore
    forget: (trx, rows) => sql`delete from refused where id = any(${all(rows)}::text[])`.execute(trx),
  },
  {
    what: 'requests that were refused and released',
    days: 7,
    past: (before) => sql`select id, record as text from refused where received_at < ${before} and released_at is not null and ${notBare('record')}`, // prettier-ignore
    forget: rewrite('refused', byId, 'record', refused),
  },
  {
    what: 'poison',
    days: 400,
    past: (before) => sql`select id, '' as text from poison where stored_at < ${before} and data <> ''`,
    forget: (trx, rows) => sql`update poison set data = '' where id = any(${all(rows)}::text[])`.execute(trx),
  },
  {
    what: 'what publishers answered',
    days: 90,
    past: (before) => sql`select delivery || ' ' || number as id, '' as text from delivery_attempts where at < ${before} and (answer <> '' or error is not null)`, // prettier-ignore
    forget: (trx, rows) => sql`update delivery_attempts set answer = '', error = null where delivery || ' ' || number = any(${all(rows)}::text[])`.execute(trx), // prettier-ignore
  },
  {
    what: 'what publishers were told',
    days: 400,
    past: (before) => sql`select id, '' as text from deliveries where done_at < ${before} and says <> '{}'`,
    forget: (trx, rows) =>
      sql`update deliveries set says = '{}' where id = any(${all(rows)}::text[])`.execute(trx),
  },
  {
    what: 'requests in the embedded bus',
    days: 400,
    isOfBus: true,
    past: (before) => sql`select seq::text as id, data as text from messages where topic = 'conversions' and kept_at < ${before} and ${recorded} and position('"raw":' in data) > 0 and ${notBare('data')}`, // prettier-ignore
    forget: rewrite('messages', bySeq, 'data', event),
  },
  {
    what: 'quarantined requests in the embedded bus',
    days: 400,
    isOfBus: true,
    past: (before) => sql`select seq::text as id, data as text from messages where topic = 'quarantine' and kept_at < ${before} and ${recorded} and ${notBare('data')}`, // prettier-ignore
    forget: rewrite('messages', bySeq, 'data', quarantined),
  },
  {
    what: 'refused requests in the embedded bus',
    days: 7,
    isOfBus: true,
    past: (before) => sql`select seq::text as id, '' as text from messages where topic = 'refused' and kept_at < ${before} and ${recorded}`, // prettier-ignore
    forget: (trx, rows) => sql`delete from messages where seq = any(${all(rows)}::bigint[])`.execute(trx),
  },
];
