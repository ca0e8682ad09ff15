import type { ConversionEvent } from '../../contract/event.ts';
import { hash } from '../../contract/id.ts';
import type { RawRequest } from '../../contract/raw.ts';
import type { QuarantineRecord, RefusedRecord } from '../../contract/records.ts';
import type { Macro, Values } from '../outbound/macros.ts';

/** A request of which nothing is left but that there was one. A real path begins with a slash. */
export const bare = ({ method }: RawRequest): RawRequest => ({ method, path: '', query: '', headers: {} });

/** An event without its request. */
export const withoutRequest = (event: ConversionEvent): ConversionEvent =>
  event.raw === undefined ? event : { ...event, raw: bare(event.raw) };

const mark = 'erased-';

/**
 * What stands in the place of a text that named a person: the same for the same text of the same sale, so that a history without them
 * folds as it did with them; of another sale it is another, and 32 bits of a hash lead back to nobody.
 */
export const standIn = (key: string, text: string): string =>
  text === '' || /^erased-[0-9a-f]{8}$/.test(text) ? text : mark + hash([key, text]).slice(0, 8);

/** An event without what names a person. Twice is as once. Its id stays: a redelivery must be known by it. */
export function forgetEvent(event: ConversionEvent): ConversionEvent {
  const { key, clickId, orderId, publisherRef, subIds } = event;
  const named = (name: string, text: string | undefined) => text !== undefined && { [name]: standIn(key, text) }; // prettier-ignore
  return {
    ...withoutRequest(event),
    ...named('clickId', clickId),
    ...named('orderId', orderId),
    ...named('publisherRef', publisherRef),
    subIds: subIds.map((text) => standIn(key, text)),
    extra: {},
  };
}

export const forgetQuarantined = (record: QuarantineRecord): QuarantineRecord => ({
  ...record,
  raw: bare(record.raw),
  reasons: record.reasons.map(({ field, why }) => ({ field, why })),
});

export const forgetRefused = ({ secretHint: _, ...record }: RefusedRecord): RefusedRecord => ({
  ...record,
  raw: bare(record.raw),
  conversionId: standIn(record.partner, record.conversionId),
});

const isPersonal = (name: string) =>
  name.startsWith('subId') || ['clickId', 'orderId', 'publisherRef'].includes(name);

/** What a delivery said, without what names a person. */
export const forgetSaid = (key: string, says: Values): Values =>
  Object.fromEntries(
    (Object.entries(says) as [Macro, string][]).map(([name, text]) => [
      name,
      isPersonal(name) ? standIn(key, text) : text,
    ]),
  ) as Values;
