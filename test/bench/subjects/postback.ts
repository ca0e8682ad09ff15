/** What the hand-written subjects share: what a careful person would write for this one partner, and no more. */
import { createHmac, timingSafeEqual } from 'node:crypto';

export const path = '/bench/events';
export const secretName = 'projects/bench/secrets/linkshare-bench-signing-secret/versions/latest';

/** Whether the body was signed with the secret: HMAC-SHA256 in hex, compared in constant time. */
export function isTheirs(
  secret: string,
  body: Uint8Array,
  signature: string | string[] | undefined,
): boolean {
  const expected = createHmac('sha256', secret).update(body).digest();
  const given = Buffer.from(String(signature), 'hex');
  return given.length === expected.length && timingSafeEqual(given, expected);
}

const statuses: Record<string, string> = { created: 'pending', approved: 'approved', rejected: 'rejected' };

/** Maps 12 fields. Undefined if one that a sale needs is missing or cannot be read. */
export function toEvent(body: Partial<Record<string, string>>) {
  const status = statuses[body.status ?? ''];
  const occurredAt = new Date(body.sold_at ?? '');
  const isAmount = (value = '') => /^\d+(\.\d+)?$/.test(value);
  if (!body.sale || !status || Number.isNaN(occurredAt.getTime())) return undefined;
  if (!isAmount(body.amount) || !isAmount(body.commission)) return undefined;
  return {
    partner: 'bench',
    conversionId: body.sale,
    orderId: body.order,
    clickId: body.click,
    publisherRef: body.publisher,
    offer: { id: body.offer_id, name: body.offer_name },
    product: { id: body.sku, name: body.product },
    saleAmount: { amount: body.amount, currency: body.currency },
    commission: { amount: body.commission, currency: body.currency },
    occurredAt: occurredAt.toISOString(),
    status,
    receivedAt: new Date().toISOString(),
  };
}

export const attributesOf = ({ partner, status }: { partner: string; status: string }) => ({
  partner,
  status,
  'content-type': 'application/json',
});
