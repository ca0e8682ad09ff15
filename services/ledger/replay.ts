import type { QuarantineRecord, RefusedRecord } from '../contract/records.ts';
import type { Decision, Partner } from '../manifest/compile.ts';
import type { LiveSecrets } from '../manifest/verify/proof.ts';
import type { Verdict } from '../manifest/verify/verify.ts';
import { audited, writeAudit, type Trx } from './audit.ts';
import { recordIn, type OnChange, type PartnerSettings } from './record.ts';

export interface ReplayContext {
  partners: readonly Partner[];
  /** For bodies that are sealed. */
  liveSecrets: (partner: string) => LiveSecrets;
  settings: PartnerSettings;
  onChange?: OnChange | undefined;
  who: string;
}

export interface Wanted {
  partner: string;
  /** Received from, and before (UTC). */
  since?: string | undefined;
  until?: string | undefined;
  /** Only those with this in a reason: `status`, `is unknown`. */
  reason?: string | undefined;
}

export interface ReplayedRecord {
  id: string;
  receivedAt: string;
  /** What it is by today's manifest: kept, quarantined, probe, or repeat where the ledger knew it. */
  outcome: string;
  why?: string;
}

/**
 * Reads quarantined requests again by today's manifest: read and normalize only, the verdict of their verification stands. What is readable
 * now is recorded, in one transaction. The ids are the same again, so repeating it is harmless.
 */
export async function replayQuarantine(
  trx: Trx,
  context: ReplayContext,
  wanted: Wanted,
): Promise<ReplayedRecord[]> {
  const partner = partnerOf(context, wanted.partner);
  const rows = await waiting(trx, wanted);
  const results: ReplayedRecord[] = [];
  for (const { id, record } of rows) {
    const result = await replayOne(trx, context, partner, record);
    results.push({ id, receivedAt: record.receivedAt, ...result });
    await trx
      .updateTable('quarantine')
      .set({ replayed_at: new Date(), outcome: result.outcome })
      .where('id', '=', id)
      .execute();
  }
  const counts = Object.fromEntries([...Map.groupBy(results, ({ outcome }) => outcome)].map(([outcome, some]) => [outcome, some.length])); // prettier-ignore
  await writeAudit(trx, { who: context.who, what: 'quarantine replayed', subject: wanted.partner, after: { ...wanted, ...counts } }); // prettier-ignore
  return results;
}

/** Those that are not readable yet, in the order in which they came. */
async function waiting(trx: Trx, { partner, since, until, reason }: Wanted) {
  const rows = await trx
    .selectFrom('quarantine')
    .select(['id', 'record'])
    .where('partner', '=', partner)
    .where((where) => where.or([where('outcome', 'is', null), where('outcome', '=', 'quarantined')]))
    .$if(since !== undefined, (query) => query.where('received_at', '>=', new Date(since!)))
    .$if(until !== undefined, (query) => query.where('received_at', '<', new Date(until!)))
    .orderBy('received_at')
    .forUpdate()
    .execute();
  const read = rows.map(({ id, record }) => ({ id, record: JSON.parse(record) as QuarantineRecord }));
  const fits = ({ reasons }: QuarantineRecord) => reasons.some(({ field, why }) => `${field} ${why}`.includes(reason!)); // prettier-ignore
  return reason === undefined ? read : read.filter(({ record }) => fits(record));
}

async function replayOne(
  trx: Trx,
  context: ReplayContext,
  partner: Partner,
  record: QuarantineRecord,
): Promise<Pick<ReplayedRecord, 'outcome' | 'why'>> {
  const decision = partner.reread(
    record.raw,
    verdictOf(partner, record),
    new Date(record.receivedAt),
    context.liveSecrets(partner.id),
  );
  return keep(trx, context, decision);
}

async function keep(trx: Trx, { settings, onChange }: ReplayContext, decision: Decision) {
  switch (decision.is) {
    case 'conversions': {
      const news = await recordIn(trx, decision.events, settings, onChange);
      return { outcome: news > 0 ? 'kept' : 'repeat' };
    }
    case 'quarantined':
      return {
        outcome: 'quarantined',
        why: decision.record.reasons.map(({ field, why }) => `${field} ${why}`).join('; '),
      };
    default:
      return { outcome: decision.is, why: decision.why };
  }
}

/**
 * One whose way had expired counts again where the manifest has put off its last day beyond the day it came; any other keeps its verdict.
 */
function verdictOf({ manifest }: Partner, { verified, reasons, receivedAt }: QuarantineRecord): Verdict {
  const said: Verdict = verified ? { is: 'verified' } : { is: 'unverified', because: 'it came so' };
  if (!reasons.some(({ field }) => field === 'verify')) return said;
  const ends = [manifest.verify].flat().filter(({ none }) => (none === undefined) === verified).flatMap(({ until }) => until ?? []); // prettier-ignore
  const isPutOff = ends.length > 0 && ends.every((until) => until >= receivedAt.slice(0, 10));
  return isPutOff ? said : { is: 'expired', until: ends[0] ?? receivedAt.slice(0, 10), verified };
}

/**
 * Releases a refused request: a named person says, with a reason, that it is the partner's. It is recorded as a hint: what nothing proves
 * is never verified. Rejects where it is not there, was released, or cannot be read.
 */
export async function releaseRefused(
  trx: Trx,
  context: ReplayContext,
  { id, reason }: { id: string; reason: string },
): Promise<{ outcome: string }> {
  const row = await trx.selectFrom('refused').selectAll().where('id', '=', id).forUpdate().executeTakeFirst();
  if (!row) throw new Error(`there is no refused request "${id}"`);
  if (row.released_by !== null) throw new Error(`it was released by ${row.released_by}`);
  const record = JSON.parse(row.record) as RefusedRecord;
  const verdict: Verdict = { is: 'unverified', because: `released by ${context.who}: ${reason}` };
  const partner = partnerOf(context, row.partner);
  const decision = partner.reread(
    record.raw,
    verdict,
    new Date(record.receivedAt),
    context.liveSecrets(partner.id),
  );
  const { outcome, why } = await keep(trx, context, decision);
  if (outcome !== 'kept' && outcome !== 'repeat') throw new Error(`it cannot be released: ${why}`);
  const released = { released_at: new Date(), released_by: context.who, reason };
  await audited(
    trx,
    { who: context.who, what: 'refused request released', subject: row.partner, after: { id, reason } },
    () => trx.updateTable('refused').set(released).where('id', '=', id).execute(),
  );
  return { outcome };
}

/** Throws, naming those there are, where there is no such partner. */
export function partnerOf({ partners }: Pick<ReplayContext, 'partners'>, id: string): Partner {
  const partner = partners.find((each) => each.id === id);
  if (!partner)
    throw new Error(`there is no partner "${id}"; there are: ${partners.map(({ id }) => id).join(', ')}`);
  return partner;
}
