import fc from 'fast-check';
import type { ConversionEvent } from '../../services/contract/event.ts';
import { conversionKey, eventId } from '../../services/contract/id.ts';
import type { RawRequest } from '../../services/contract/raw.ts';

export const aRawRequest: RawRequest = { method: 'GET', path: '/acme/event', query: 'id=1', headers: {} };

/** An event of conversion acme/1, verified, approved, received at noon; its id and key fit whatever is changed. */
export function anEvent(changes: Partial<ConversionEvent> = {}): ConversionEvent {
  const said = {
    partner: 'acme',
    conversionId: '1',
    subIds: [],
    status: 'approved' as const,
    receivedAt: '2026-11-24T12:00:00.000Z',
    verified: true,
    test: false,
    via: 'postback' as const,
    extra: {},
    ...changes,
  };
  const report = { ...said, key: changes.key ?? conversionKey(said) };
  const origin = changes.rawIn === undefined && said.via === 'postback' ? { raw: aRawRequest } : {};
  return { version: 1, id: eventId(report), ...report, ...origin };
}

/** Noon of the day on which these conversions are made, and minutes after it. */
export const minutes = (after: number): string =>
  new Date(Date.UTC(2026, 10, 24, 12) + after * 60_000).toISOString();

const oneOf = <const T>(...values: T[]): fc.Arbitrary<T> => fc.constantFrom(...values);
const money = fc.record({ amount: oneOf('0', '1.5', '20'), currency: oneOf('USD', 'MYR') });

/** What is reported of one conversion: few different values, so that states return and repeat often. */
const says = fc.record(
  {
    status: oneOf('pending', 'approved', 'rejected', 'on_hold'),
    subIds: fc.constantFrom<string[]>([], ['a'], ['', 'b'], ['a', 'b']),
    test: oneOf(false, true),
    orderId: oneOf('o1', 'o2'),
    clickId: oneOf('c1', 'c2'),
    partnerStatus: oneOf('Approved', 'Hold'),
    saleAmount: money,
    commission: money,
    occurredAt: oneOf(minutes(-60), minutes(-30)),
    updatedAt: fc.integer({ min: 0, max: 5 }).map((n) => minutes(n * 20)),
    offer: fc.record({ id: oneOf('5', '6'), name: oneOf('Shoes', 'Hats') }, { requiredKeys: [] }),
  },
  { requiredKeys: ['status', 'subIds', 'test'] },
);

/** Where an event came from: a postback that was verified, one that was not, the partner's report. */
const ways: Pick<ConversionEvent, 'via' | 'verified'>[] = [
  { via: 'postback', verified: true },
  { via: 'postback', verified: false },
  { via: 'report', verified: true },
];

/** Events of one conversion within some hours, by any way; often two at one moment. */
export const eventsOfOne: fc.Arbitrary<ConversionEvent> = fc
  .tuple(says, fc.constantFrom(...ways), fc.nat({ max: 15 }))
  .map(([report, way, n]) => anEvent({ ...report, ...way, receivedAt: minutes(n * 20) }));

export const verified: fc.Arbitrary<ConversionEvent> = eventsOfOne.filter((event) => event.verified);

export const unverified: fc.Arbitrary<ConversionEvent> = eventsOfOne.filter((event) => !event.verified);

const text = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 20 });

/** Events of any conversion with any texts: what the contract allows at its widest. */
export const anyEvent: fc.Arbitrary<ConversionEvent> = fc
  .record(
    {
      report: says,
      way: fc.constantFrom(...ways),
      conversionId: text,
      lineId: text,
      account: text,
      publisherRef: text,
      extra: fc.dictionary(
        text.filter((name) => name !== '__proto__'),
        text,
        { maxKeys: 3 },
      ),
    },
    { requiredKeys: ['report', 'way', 'conversionId'] },
  )
  .map(({ report, way, ...rest }) => anEvent({ ...report, ...way, ...rest }));
