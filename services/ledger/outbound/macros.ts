import { hash } from '../../contract/id.ts';
import type { ConversionState } from '../../contract/state.ts';
import type { ConversionRow } from '../row.ts';

/** As many sub ids as any network sends. */
const subIds = ['subId1', 'subId2', 'subId3', 'subId4', 'subId5', 'subId6', 'subId7', 'subId8', 'subId9', 'subId10'] as const; // prettier-ignore
type PerSubId = Record<(typeof subIds)[number], string>;
const perSubId = (of: (index: number) => string) =>
  Object.fromEntries(subIds.map((name, index) => [name, of(index)])) as PerSubId;

/** What a template can hold. Our commission is not among them: `payout` is what the publisher is owed. */
export const macros = {
  clickId: 'the click id that came back with the sale',
  publisherRef: 'the sub id, tag or channel that names the publisher',
  ...perSubId((index) => `the network's sub id ${index + 1}`),
  saleId: 'the sale, among those of all partners; the same in all that is told of it',
  conversionId: "the partner's id of the sale",
  lineId: 'the line of the sale, where the partner reports lines',
  orderId: "the shop's or the partner's order",
  partner: 'the network that the sale came through',
  offerId: 'the offer',
  offerName: 'its name',
  status: "how it stands, in the publisher's words",
  payout: 'what the publisher is owed; 0 where nothing is',
  payoutCurrency: 'ISO 4217',
  saleAmount: 'what the shopper paid',
  currency: 'its currency, ISO 4217',
  occurredAt: 'when the sale was made: ISO 8601, UTC',
  occurredAtUnix: 'the same in seconds since 1970',
  test: 'true for a test, else false',
  publisher: "the publisher's id with us",
  deliveryId: 'this delivery: the same in each attempt',
  eventId: 'the same as deliveryId, as many trackers call it',
} as const satisfies Record<string, string>;

export type Macro = keyof typeof macros;
export type Values = Record<Macro, string>;

export const macroNames = Object.keys(macros) as Macro[];

/** Those that say which delivery it is, and nothing of the sale. */
const ofDelivery = new Set<Macro>(['deliveryId', 'eventId']);

/** What a publisher is told of a row, under their word for its status; what is not known is an empty text. */
export function valuesOf(row: ConversionRow, word: string, deliveryId: string): Values {
  const state = JSON.parse(row.state) as ConversionState;
  const at = row.occurred_at;
  return {
    ...filled(state),
    saleId: hash(row.key),
    status: word,
    payout: row.payout_amount ?? '0',
    payoutCurrency: row.payout_currency ?? '',
    saleAmount: row.sale_amount ?? '',
    currency: row.sale_currency ?? '',
    occurredAt: at?.toISOString() ?? '',
    occurredAtUnix: at ? String(Math.floor(at.getTime() / 1000)) : '',
    test: String(row.test),
    publisher: row.publisher,
    deliveryId,
    eventId: deliveryId,
  };
}

function filled(state: ConversionState) {
  const { clickId, publisherRef, conversionId, lineId, orderId, partner, offer } = state;
  return {
    ...perSubId((index) => state.subIds[index] ?? ''),
    clickId: clickId ?? '',
    publisherRef: publisherRef ?? '',
    conversionId,
    lineId: lineId ?? '',
    orderId: orderId ?? '',
    partner,
    offerId: offer?.id ?? '',
    offerName: offer?.name ?? '',
  };
}

/** The same for two states that a publisher who sees these macros could not tell apart. */
export const sight = (values: Values, seen: ReadonlySet<Macro>): string =>
  hash(
    macroNames.filter((name) => seen.has(name) && !ofDelivery.has(name)).map((name) => [name, values[name]]),
  );
