import type { Example } from '../example.ts';
import type { Manifest, VerifyBlock } from '../schema.ts';

/** What a person says of a network that is to be added. */
export interface Answers {
  id: string;
  name: string;
  docs?: string | undefined;
  path?: string | undefined;
  sends: Sending;
  proof: Proof;
  /** Their names, by ours. */
  names: Record<string, string>;
  /** Their status words, by ours. */
  words: Record<string, string>;
}

export const sendings = ['query', 'form', 'json'] as const;
export type Sending = (typeof sendings)[number];

/** How they prove that it is them: where the secret or the signature stands. */
export type Proof =
  | { by: 'token'; at: string }
  | { by: 'path' | 'bearer' | 'basic' }
  | { by: 'hmac'; at: string; hash: string }
  | { by: 'none'; because: string; until: string };
export const proofs = ['token', 'path', 'bearer', 'basic', 'hmac', 'none'] as const;

/** What most networks call it, and a value for the examples. */
const usual = {
  conversionId: ['conversion_id', 'T-1001'],
  orderId: ['order_id', '88213'],
  clickId: ['click_id', 'ls_2Cq9'],
  publisherRef: ['sub_id', 'MKK-home'],
  offerName: ['offer_name', 'Summer'],
  saleAmount: ['sale_amount', '120.00'],
  commission: ['payout', '6.00'],
  currency: ['currency', 'USD'],
  occurredAt: ['time', '2026-11-20T13:15:03Z'],
  status: ['status', 'approved'],
} as const;
type Name = keyof typeof usual;

export const usualNames = Object.fromEntries(Object.entries(usual).map(([ours, [theirs]]) => [ours, theirs])) as Record<Name, string>; // prettier-ignore
export const usualWords: Record<string, string> = { pending: 'pending', approved: 'approved', rejected: 'rejected', paid: 'paid' }; // prettier-ignore

/** The manifest of a network of which nothing but the answers is known. The schema says whether they make sense. */
export function draftManifest({ id, name, docs, path, sends, proof, names, words }: Answers): Manifest {
  const at = (ours: Name) => names[ours] ?? usual[ours][0];
  return {
    id,
    name,
    ...(docs !== undefined && docs !== '' && { docs }),
    stage: 'test',
    assumed: [
      `${at('conversionId')} is one sale and stays the same when its status changes`,
      'a time without a zone is UTC',
      `their statuses are ${Object.values(words).join(', ')}; any other word is kept aside until somebody maps it`,
    ],
    path: path ?? (proof.by === 'path' ? `/${id}/{token}` : `/${id}/postback`),
    verify: verifyOf(proof, sends),
    fields: {
      conversionId: at('conversionId'),
      orderId: at('orderId'),
      clickId: at('clickId'),
      publisherRef: at('publisherRef'),
      offerName: at('offerName'),
      saleAmount: `${at('saleAmount')}? ${at('currency')}`,
      commission: `${at('commission')} ${at('currency')}`,
      occurredAt: `${at('occurredAt')} UTC`,
      subIds: [at('publisherRef'), at('clickId')],
      status: { from: at('status'), ...words },
    },
    setup: {
      where: 'Ask them where; replace each (WORD) by their macro for it. One that is forgotten counts as not filled in',
      ...(sends === 'query' && { paste: Object.keys(usual).map((ours) => `${at(ours as Name)}=(${ours.replace(/([A-Z])/g, '-$1').toUpperCase()})`) }),
    },
  }; // prettier-ignore
}

function verifyOf(proof: Proof, sends: Sending): Manifest['verify'] {
  const secret = 'postback-token';
  switch (proof.by) {
    case 'token':
      return { secret, at: sends === 'query' ? proof.at : `query.${proof.at}` };
    case 'path':
      return { secret, at: 'path.token' };
    case 'bearer':
    case 'basic':
      return { secret, at: `header.authorization.${proof.by}` };
    case 'hmac':
      return { secret: 'signing-secret', at: `header.${proof.at}`, by: `hmac-${proof.hash}` as NonNullable<VerifyBlock['by']>, ...(sends === 'query' && { of: '{query}' }) }; // prettier-ignore
    case 'none':
      // With a token they are believed at once; a wrong one is refused.
      return [
        { secret, at: sends === 'query' ? 'token' : 'query.token' },
        { none: proof.because, until: proof.until },
      ];
  }
}

/** A request as such a network would send it. */
export function sampleRequest({ sends, proof, names, words }: Answers): Example['request'] {
  const values = Object.entries(usual).map(([ours, [theirs, value]]) => [names[ours] ?? theirs, ours === 'status' ? (words.approved ?? Object.values(words)[0] ?? value) : value] as const); // prettier-ignore
  const pairs = values.map(([name, value]) => `${name}=${encodeURIComponent(value)}`);
  const token = proof.by === 'token' ? [`${proof.at}={secret.postback-token}`] : [];
  const query = sends === 'query' ? [...token, ...pairs] : token;
  return {
    ...(query.length > 0 && { query }),
    ...headerOf(proof),
    ...(sends === 'form' && { form: pairs }),
    ...(sends === 'json' && { json: JSON.stringify(Object.fromEntries(values)) }),
  };
}

function headerOf(proof: Proof): Pick<Example['request'], 'headers'> {
  if (proof.by === 'bearer') return { headers: { authorization: 'Bearer {secret.postback-token}' } };
  if (proof.by === 'basic') return { headers: { authorization: `Basic ${Buffer.from('example-postback-token').toString('base64')}` } }; // prettier-ignore
  return proof.by === 'hmac' ? { headers: { [proof.at.split('.')[0]!]: labelled(proof.at) } } : {};
}

/** `x-signature.sha256` is the piece labelled so. */
function labelled(at: string): string {
  const [, label] = at.split('.');
  return label === undefined ? '{signature}' : `${label}={signature}`;
}
