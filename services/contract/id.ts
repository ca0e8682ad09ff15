import { hash as digest } from 'node:crypto';
import type { ConversionEvent } from './event.ts';
import type { Money } from './money.ts';

/** What an event reports: all but when and how it came. */
export type Report = Omit<ConversionEvent, 'version' | 'id' | 'receivedAt' | 'extra' | 'raw' | 'rawIn'>;

/**
 * The id of an event: 32 hex digits that are the same exactly when the same state of the same conversion is reported in the
 * same way. A changed sub id, a new update time, a report that confirms an unverified postback: each is another id, hence news.
 */
export const eventId = (event: Report): string => short(JSON.stringify(inOrder(event)));

/**
 * The reported fields, by name, as `canonical` would sort them; JSON leaves out those that are absent. Written out because every
 * postback pays for it: this takes a fifth of the time. A field added to the contract and forgotten here does not compile.
 */
const inOrder = (event: Report) =>
  ({
    account: event.account,
    adds: event.adds,
    clickId: event.clickId,
    clickedAt: event.clickedAt,
    commission: amount(event.commission),
    conversionId: event.conversionId,
    key: event.key,
    lineId: event.lineId,
    localCommission: amount(event.localCommission),
    localSaleAmount: amount(event.localSaleAmount),
    occurredAt: event.occurredAt,
    offer: event.offer && { id: event.offer.id, name: event.offer.name },
    orderId: event.orderId,
    partner: event.partner,
    partnerStatus: event.partnerStatus,
    product: event.product && {
      id: event.product.id,
      name: event.product.name,
      quantity: event.product.quantity,
    },
    publisherRef: event.publisherRef,
    saleAmount: amount(event.saleAmount),
    status: event.status,
    subIds: event.subIds,
    test: event.test,
    updatedAt: event.updatedAt,
    verified: event.verified,
    via: event.via,
  }) satisfies Record<keyof Report, unknown>;

const amount = (money: Money | undefined) => money && { amount: money.amount, currency: money.currency };

/** A hash of any plain value; the order of keys and absent values make no difference. 128 bits: two do not meet by chance. */
export function hash(value: unknown): string {
  return short(canonical(value));
}

const short = (text: string) => digest('sha256', text).slice(0, 32);

function canonical(value: unknown): string {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map(canonical).join()}]`;
  const parts = value as Record<string, unknown>;
  const names = Object.keys(parts).filter((name) => parts[name] !== undefined);
  return `{${names.sort().map((name) => `${JSON.stringify(name)}:${canonical(parts[name])}`).join()}}`; // prettier-ignore
}

type Identity = Pick<ConversionEvent, 'partner' | 'account' | 'conversionId' | 'lineId'>;

/** Which conversion an event is about. Leave `account` out unless the manifest makes it part of the identity. */
export function conversionKey({ partner, account, conversionId, lineId }: Identity): string {
  return `${escapePart(partner)}/${escapePart(account)}/${escapePart(conversionId)}/${escapePart(lineId)}`;
}

/** Ids may hold slashes; two different conversions must not get one key. */
const escapePart = (part = '') =>
  /[%/]/.test(part) ? part.replaceAll('%', '%25').replaceAll('/', '%2F') : part;
