import { compile, type Partner } from '../../services/manifest/compile.ts';
import { parseManifest } from '../../services/manifest/load/load.ts';

/** A partner from a manifest's text. */
export const partnerFrom = (yaml: string): Partner => compile(parseManifest(yaml, 'test.yaml'));

/** A network that sends GET, forms or JSON with a token in the query. */
export const tokenPartner = partnerFrom(`
id: shop
name: Shop
path: /shop/event
verify: { secret: token, at: query.token }
fields:
  conversionId: id
  publisherRef: sub
  orderId: { from: order, take: last }
  commission: payout currency
  occurredAt: at? Europe/Berlin
  status: { from: status, approved: ok, rejected: no, ignored: ping }
repeat: { window: 1h }
`);

/** A network that signs its body and the time of sending. */
export const signingPartner = partnerFrom(`
id: signer
name: Signer
path: /signer
verify:
  secret: key
  at: header.x-signature.v1
  by: hmac-sha256
  of: '{header.x-time}.{body}'
  sentAt: header.x-time
each: { line: lines }
fields:
  conversionId: id
  lineId: line.no
  commission: line.amount EUR
  status: { from: status, approved: ok }
deploy: { maxBody: 2kB }
`);

/** One that proves nothing. */
export const openPartner = partnerFrom(`
id: open
name: Open
path: /open
verify: { none: a test, until: 2026-12-31 }
fields:
  conversionId: id
  status: { from: status, approved: ok }
`);

/** One that wants other answers. */
export const pickyPartner = partnerFrom(`
id: picky
name: Picky
path: /picky
verify: { secret: token, at: token }
fields:
  conversionId: id
  status: { from: status, approved: ok, ignored: ping }
answers: { kept: 200 1, repeat: 200 DUP, probe: 204, quarantined: 200 LATER, refused: '401 ERROR: invalid sha signature' }
`);

export const threePartners = [tokenPartner, signingPartner, openPartner];
