import type { QuarantineRecord, RefusedRecord } from '../../contract/records.ts';
import type { Partner } from '../../manifest/compile.ts';
import type { LiveSecrets } from '../../manifest/verify/proof.ts';
import type { Trx } from '../audit.ts';
import { keepWaiting } from './keepWaiting.ts';
import { wordsIn, type Waiting } from './waiting.ts';

interface Asked {
  run: number;
  partner: Partner;
  liveSecrets: LiveSecrets;
  /** Received from then on: what is about an earlier time is about other sales. */
  since: Date;
  /** The last one looked at. */
  place: string;
  limit: number;
}

/** Takes a page of the requests that are in no conversion. Resolves to the last one looked at; undefined at their end. */
export async function findWaiting(trx: Trx, table: 'quarantine' | 'refused', asked: Asked): Promise<string | undefined> {
  const rows = await (table === 'quarantine' ? quarantined(trx, asked) : refused(trx, asked));
  const requests = rows.filter(({ record }) => !asked.partner.report?.owns(record.raw));
  await keepWaiting(trx, asked.run, requests.map(({ record }) => toWaiting(table, record, asked)));
  return rows.at(-1)?.id;
} // prettier-ignore

async function quarantined(trx: Trx, { partner, since, place, limit }: Asked) {
  const rows = await trx
    .selectFrom('quarantine')
    .select(['id', 'record'])
    .where('partner', '=', partner.id)
    .where('id', '>', place)
    .where('received_at', '>=', since)
    .where((where) => where.or([where('outcome', 'is', null), where('outcome', '=', 'quarantined')]))
    .orderBy('id')
    .limit(limit)
    .execute();
  return rows.map(({ id, record }) => ({ id, record: JSON.parse(record) as QuarantineRecord }));
}

async function refused(trx: Trx, { partner, since, place, limit }: Asked) {
  const rows = await trx
    .selectFrom('refused')
    .select(['id', 'record'])
    .where('partner', '=', partner.id)
    .where('id', '>', place)
    .where('received_at', '>=', since)
    .where('released_at', 'is', null)
    .orderBy('id')
    .limit(limit)
    .execute();
  return rows.map(({ id, record }) => ({ id, record: JSON.parse(record) as RefusedRecord }));
}

function toWaiting(table: 'quarantine' | 'refused', record: QuarantineRecord | RefusedRecord, { partner, liveSecrets }: Asked): Waiting {
  const { id, receivedAt } = record;
  return {
    kind: table === 'quarantine' ? 'quarantined' : 'refused',
    id,
    receivedAt,
    why: 'why' in record ? record.why : record.reasons.map(({ field, why }) => `${field} ${why}`).join('; '),
    mentions: mentionsOf(partner, record, liveSecrets),
  };
} // prettier-ignore

/** Which sales a request names, or a row of the report; where it names none, the words that could be their ids. */
export function mentionsOf(
  partner: Partner,
  { raw, receivedAt }: Pick<QuarantineRecord, 'raw' | 'receivedAt'>,
  liveSecrets: LiveSecrets,
): Waiting['mentions'] {
  const named = partner.mentions(raw, new Date(receivedAt), liveSecrets);
  const isNamed = named.some(({ conversionId, orderId }) => conversionId ?? orderId);
  return isNamed ? named : wordsIn(raw).map((word) => ({ word }));
}
