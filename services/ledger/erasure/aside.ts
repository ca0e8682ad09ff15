import { sql } from 'kysely';
import type { QuarantineRecord, RefusedRecord } from '../../contract/records.ts';
import type { Trx } from '../audit.ts';
import { forgetQuarantined, forgetRefused } from './forget.ts';
import { spellings, valuesIn } from './named.ts';
import { hasBus } from './pins.ts';

export interface Aside {
  /** How many records were erased. */
  quarantined: number;
  refused: number;
  poison: number;
  /** Ids of quarantined requests and poison that name them and were never read: left, unless they are asked for too. */
  unread: string[];
}

interface Row {
  id: string;
  text: string;
  isUnread: boolean;
}

/** Erases what could not be recorded and holds this value, in the embedded bus too. */
export async function eraseAside(trx: Trx, value: string, unread: boolean): Promise<Aside> {
  const quarantined = await holding(trx, value, sql`select id, record as text, outcome is null or outcome = 'quarantined' as "isUnread" from quarantine`); // prettier-ignore
  const refused = await holding(trx, value, sql`select id, record as text, false as "isUnread" from refused`);
  const poison = await holding(trx, value, sql`select id, data as text, true as "isUnread" from poison`);
  const may = ({ isUnread }: Row) => unread || !isUnread;
  for (const row of quarantined.filter(may)) await forgetQuarantine(trx, row);
  for (const row of refused) await forgetRefusal(trx, row);
  for (const { id } of poison.filter(may))
    await trx.updateTable('poison').set({ data: '', why: 'erased' }).where('id', '=', id).execute();
  return {
    quarantined: quarantined.filter(may).length,
    refused: refused.length,
    poison: poison.filter(may).length,
    unread: [...quarantined, ...poison].filter((row) => !may(row)).map(({ id }) => id),
  };
}

async function holding(trx: Trx, value: string, rows: ReturnType<typeof sql>): Promise<Row[]> {
  const { rows: found } = await sql<Row>`
    select * from (${rows}) r
    where exists (select from unnest(${sql.val(spellings(value))}::text[]) s where position(s in lower(text)) > 0)
      or position('"bodyIn":"base64"' in text) > 0`.execute(trx);
  return found.filter(({ text }) => valuesIn(text).has(value));
}

/** It cannot be read again: there is nothing left to read. */
async function forgetQuarantine(trx: Trx, { id, text, isUnread }: Row): Promise<void> {
  const record = JSON.stringify(forgetQuarantined(JSON.parse(text) as QuarantineRecord));
  const values = { record, ...(isUnread && { outcome: 'erased' }) };
  await trx.updateTable('quarantine').set(values).where('id', '=', id).execute();
  await forgetMessage(trx, 'quarantine', id, record);
}

async function forgetRefusal(trx: Trx, { id, text }: Row): Promise<void> {
  const after = forgetRefused(JSON.parse(text) as RefusedRecord);
  const record = JSON.stringify(after);
  await trx.updateTable('refused').set({ record, conversion_id: after.conversionId }).where('id', '=', id).execute(); // prettier-ignore
  await forgetMessage(trx, 'refused', id, record);
}

async function forgetMessage(trx: Trx, topic: string, id: string, data: string): Promise<void> {
  if (await hasBus(trx))
    await sql`update messages set data = ${data} where topic = ${topic} and id = ${id}`.execute(trx);
}
