import type { ConversionEvent } from '../contract/event.ts';
import { conversionKey, eventId, hash } from '../contract/id.ts';
import type { RawRequest } from '../contract/raw.ts';
import type { QuarantineRecord, Reason, RefusedRecord } from '../contract/records.ts';
import type { Draft } from './read/conversion.ts';
import type { Manifest } from './schema.ts';
import type { Refusal } from './verify/proof.ts';

/** What a request is, decided by the manifest alone; `expired`: the last day of the way by which it came. Publishing it, and whether it is a repeat, is the gateway's. */
export type Decision =
  | { is: 'conversions'; events: ConversionEvent[] }
  | { is: 'quarantined'; record: QuarantineRecord; expired?: string }
  | { is: 'refused'; why: string; record?: RefusedRecord }
  | { is: 'probe'; why: string };

/** What every record begins with. */
export interface Head {
  version: 1;
  partner: string;
  receivedAt: string;
  raw: RawRequest;
}

/** Compiles the making of events, one per conversion. */
export function compileEvents(
  { id: partner, identity = ['conversionId', 'lineId'], stage }: Manifest,
  via: ConversionEvent['via'] = 'postback',
) {
  const byAccount = identity.includes('account');
  const byLine = identity.includes('lineId');
  const toEvent = (draft: Draft, verified: boolean, receivedAt: string): ConversionEvent => {
    const { conversionId = '' } = draft;
    const account = byAccount ? draft.account : undefined;
    const event = {
      version: 1 as const,
      id: '',
      key: conversionKey({ partner, account, conversionId, lineId: byLine ? draft.lineId : undefined }),
      partner,
      ...draft,
      conversionId,
      test: draft.test || stage === 'test',
      verified,
      via,
      receivedAt,
    };
    event.id = eventId(event);
    return event;
  };
  return (drafts: Draft[], verified: boolean, { raw, receivedAt }: Head): ConversionEvent[] => {
    const events = drafts.map((draft) => toEvent(draft, verified, receivedAt));
    return giveRaw(events.length > 1 ? unique(events) : events, raw);
  };
}

/** Equal lines of one request are one event. */
const unique = (events: ConversionEvent[]) => [...new Map(events.map((event) => [event.id, event])).values()];

/** The request rides on the first of its events. */
function giveRaw(events: ConversionEvent[], raw: RawRequest): ConversionEvent[] {
  const [carrier, ...others] = events;
  if (carrier) carrier.raw = raw;
  for (const other of others) other.rawIn = carrier!.id;
  return events;
}

/** Some events of a request without the others: the request rides on the first of them. */
export const carryRaw = (events: ConversionEvent[], raw: RawRequest): ConversionEvent[] =>
  giveRaw(events.map(({ raw: _raw, rawIn: _rawIn, ...event }) => event), raw); // prettier-ignore

/**
 * Which fields hold one of our secrets: pasted into the wrong parameter it would travel with the event. Masked there, two sales could
 * become one, so the request is put aside. Looked for in all at once, then by field: there hardly ever is one.
 */
export function secretsIn(drafts: Draft[], hide: (text: string) => string): Reason[] {
  const holdsOne = (value: unknown) => {
    const text = JSON.stringify(value);
    return hide(text) !== text;
  };
  if (!holdsOne(drafts)) return [];
  const fields = drafts.flatMap((draft) => Object.entries(draft).filter(([, value]) => holdsOne(value)));
  return [...new Set(fields.map(([field]) => field))].map((field) => ({ field, why: 'holds one of our secrets' })); // prettier-ignore
}

/**
 * Why drafts cannot be told apart from other sales: two items with one identity would overwrite each other, and a verified sale whose
 * identity is not whole would be another sale when the missing part comes.
 */
export function identityProblems(
  { identity }: Manifest,
  events: ConversionEvent[],
  verified: boolean,
): Reason[] {
  // What is added to a sale does not overwrite it.
  const keys = new Set(events.map(({ key, adds }) => `${key}/${adds ?? ''}`));
  if (keys.size < events.length)
    return [{ field: 'lineId', why: 'is the same in two different items of the request' }];
  if (!verified) return [];
  const missing = (identity ?? []).filter((part) => events.some((event) => event[part] === undefined));
  return missing.map((field) => ({ field, why: 'is part of the identity and did not come' }));
}

export function quarantine(
  head: Head,
  verified: boolean,
  reasons: Reason[],
): Decision & { is: 'quarantined' } {
  const id = hash([head.partner, verified, head.raw]);
  return { is: 'quarantined', record: { ...head, id, verified, reasons } };
}

/** What names no conversion is counted, not kept: whoever guesses must not fill a topic. */
export function refuse(
  head: () => Head,
  { why, secretHint }: Refusal,
  conversionId: string | undefined,
): Decision {
  if (conversionId === undefined) return { is: 'refused', why };
  const { partner, raw, ...rest } = head();
  const id = hash([partner, why, secretHint, raw]);
  const record = { ...rest, partner, raw, id, conversionId, why, ...(secretHint && { secretHint }) };
  return { is: 'refused', why, record };
}
