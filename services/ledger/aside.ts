import { sql } from 'kysely';
import type { QuarantineRecord, RefusedRecord } from '../contract/records.ts';
import type { Trx } from './record.ts';

/** Keeps what could not be read. The same request again writes nothing. Resolves to how many were news. */
export async function keepQuarantined(trx: Trx, records: readonly QuarantineRecord[]): Promise<number> {
  const values = records.map((record) => ({ ...head(record), verified: record.verified }));
  const { rows } = await sql`
    insert into quarantine (id, partner, received_at, record, verified)
    select id, partner, received_at, record, verified from json_populate_recordset(null::quarantine, ${JSON.stringify(values)}::json)
    on conflict (id) do nothing returning id`.execute(trx);
  return rows.length;
}

/** Keeps what was not verified. The same request again writes nothing. Resolves to how many were news. */
export async function keepRefused(trx: Trx, records: readonly RefusedRecord[]): Promise<number> {
  const values = records.map((record) => ({
    ...head(record),
    conversion_id: record.conversionId.replaceAll('\0', '\uFFFD'),
  }));
  const { rows } = await sql`
    insert into refused (id, partner, received_at, record, conversion_id)
    select id, partner, received_at, record, conversion_id from json_populate_recordset(null::refused, ${JSON.stringify(values)}::json)
    on conflict (id) do nothing returning id`.execute(trx);
  return rows.length;
}

/** `record` as JSON within JSON: a zero character stays escaped in it. */
const head = (record: QuarantineRecord | RefusedRecord) => ({
  id: record.id,
  partner: record.partner,
  received_at: record.receivedAt,
  record: JSON.stringify(record),
});
