/** The partner of the comparison: it signs a JSON body and sends 12 fields. Every postback is another sale. */
import { createHmac } from 'node:crypto';
import { path } from './subjects/postback.ts';

export const secret = 'the-secret-of-the-bench';

/** As MANIFEST holds it. */
export const manifest = {
  id: 'bench',
  name: 'The partner of the bench',
  path,
  verify: { secret: 'signing-secret', at: 'header.x-signature', by: 'hmac-sha256' },
  fields: {
    conversionId: 'sale',
    orderId: 'order',
    clickId: 'click',
    publisherRef: 'publisher',
    offerId: 'offer_id',
    offerName: 'offer_name',
    productId: 'sku',
    productName: 'product',
    saleAmount: 'amount currency',
    commission: 'commission currency',
    occurredAt: 'sold_at',
    status: { from: 'status', pending: 'created', approved: 'approved', rejected: 'rejected' },
  },
};

let sales = 0;

/** Signed requests as HTTP/1.1, none of which was made before. */
export const makePostbacks = (count: number): Buffer[] => Array.from({ length: count }, makePostback);

function makePostback(): Buffer {
  const sale = `S-${process.pid}-${++sales}`;
  const body = JSON.stringify({
    sale,
    order: `88${sales}`,
    click: `ls_${sales.toString(36)}`,
    publisher: 'MKK-home',
    offer_id: '4711',
    offer_name: 'Autumn sale',
    sku: 'AN-50',
    product: 'Anvil, fifty pounds',
    amount: '59.90',
    commission: '5.99',
    currency: 'EUR',
    sold_at: '2026-11-22T18:04:10+01:00',
    status: 'approved',
  });
  return Buffer.from(
    `POST ${path} HTTP/1.1\r\nhost: postback.example\r\nuser-agent: bench/1\r\ncontent-type: application/json\r\n` +
      // As Google's load balancer and Cloud Run add them.
      'x-forwarded-for: 203.0.113.7, 198.51.100.1\r\nx-cloud-trace-context: 105445aa7843bc8bf206b12000100000/1;o=0\r\n' +
      `x-signature: ${createHmac('sha256', secret).update(body).digest('hex')}\r\n` +
      `content-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
  );
}
