import { describe, expect, test } from 'vitest';
import type { Decision } from '../../../services/manifest/compile.ts';
import type { Incoming } from '../../../services/manifest/read/request.ts';
import type { VerifyBlock } from '../../../services/manifest/schema.ts';
import { proofsOf } from '../../../services/manifest/verify/blocks.ts';
import {
  decideAs,
  isVerified,
  publishedSchemes,
  shippedSchemes,
  type Scheme,
} from '../../support/schemes.ts';

/**
 * A bit of every byte that a sender writes is flipped, and of every byte of the secret. What still counts as theirs must say the same as
 * before, in every field that the manifest does not list as unsigned. What is weak by design is named in the names of these tests.
 */
const schemes = [...publishedSchemes(), ...shippedSchemes()];

describe.each(schemes.map((scheme) => [`${scheme.name} · ${weakness(scheme)}`, scheme] as const))(
  '%s',
  (_, scheme) => {
    const before = decideAs(scheme, scheme.request);

    test('a flipped byte of what is sent changes nothing that is signed', () => {
      expect(isVerified(before) || !provable(scheme)).toBe(true);
      const flipped = [...flips(scheme.request)];
      expect(flipped.length).toBeGreaterThan(0);
      const passed = flipped.filter(({ request }) => !isHarmless(scheme, before, request));
      expect(passed.map(({ place }) => place)).toEqual([]);
    });

    test('a flipped byte of a secret opens nothing', () => {
      if (!provable(scheme))
        return expect(before).toMatchObject({ is: 'conversions', events: [{ verified: false }] });
      for (const [name, secret] of Object.entries(scheme.secrets).filter(
        ([name]) => !name.startsWith('https:'),
      ))
        for (let at = secret.startsWith('whsec_') ? 6 : 0; at < secret.length; at++)
          expect(isVerified(decideWith(scheme, name, flip(secret, at))), `${name}[${at}]`).toBe(false);
    });
  },
);

/** What the manifest itself says is weak: words for the test's name. */
function weakness(scheme: Scheme): string {
  const proofs = passing(scheme);
  if (proofs.length === 0) return 'weak by design: nothing is verified';
  const signing = proofs.filter(({ by }) => by !== undefined);
  if (signing.length === 0) return 'weak by design: a secret that signs nothing';
  const joined = signing.some(({ of = '' }) => /\}\{/.test(of)) ? ', parts joined with nothing between' : '';
  const open = unsignedBy(signing);
  const unsigned =
    open.length === 0
      ? ''
      : `${open.join(', ')} unsigned${signing.length < proofs.length ? ', beside a secret' : ''}`;
  return unsigned || joined ? `weak by design: ${unsigned}${joined}`.replace(': ,', ':') : 'all of it signed';
}

/** What none of several signatures covers. */
function unsignedBy(signing: VerifyBlock[]): string[] {
  const [first] = signing;
  return [first?.unsigned ?? []].flat().filter((field) => signing.every(({ unsigned = [] }) => unsigned.includes(field)));
} // prettier-ignore

/** The proofs by which a request counts, all of them needed. */
function passing({ partner, ...scheme }: Scheme): VerifyBlock[] {
  const blocks = [partner.manifest.verify].flat();
  const verified = isVerified(decideAs({ partner, ...scheme }, scheme.request));
  const way = verified ? blocks.find(({ none }) => none === undefined) : undefined;
  return way ? proofsOf(way) : [];
}

const provable = (scheme: Scheme) => passing(scheme).length > 0;

/**
 * Refused, or as before in all that is signed. A secret that is sent signs nothing, but must itself be whole. What is only encrypted signs
 * nothing either, which its manifest says by `unsigned: all`.
 */
function isHarmless(scheme: Scheme, before: Decision, request: Incoming): boolean {
  const after = decideAs(scheme, request);
  if (!scheme.partner.owns(request.path) || !isVerified(after)) return true; // another path is nobody's, or another's
  const proofs = passing(scheme);
  const signing = proofs.filter(({ by }) => by !== undefined);
  if (signing.length < proofs.length && !holdsSecret(scheme, request)) return false;
  if (signing.length === 0 || signing.some(({ unsigned }) => unsigned === 'all')) return true;
  const unsigned = unsignedBy(signing);
  // A field that is not signed may be flipped into what cannot be read.
  if (after.is === 'quarantined' && before.is === 'conversions')
    return after.record.reasons.every(({ field }) => unsigned.includes(field));
  return JSON.stringify(signedOf(before, unsigned)) === JSON.stringify(signedOf(after, unsigned));
}

/** What a decision says, without what is not signed and without the record of the request. */
function signedOf(decision: Decision, unsigned: string[]): unknown {
  if (decision.is !== 'conversions') return decision.is === 'quarantined' ? decision.record.raw : decision.is;
  const free = new Set([
    ...unsigned,
    ...unsigned.flatMap((field) => /^(offer|product)(?=[A-Z])/.exec(field)?.[1] ?? []),
    'raw',
    'id',
    ...(unsigned.includes('status') ? ['partnerStatus'] : []),
    ...(unsigned.includes('conversionId') ? ['key'] : []),
  ]);
  return decision.events.map((event) => Object.entries(event).filter(([field]) => !free.has(field)));
}

function holdsSecret({ secrets }: Scheme, { path, query, headers, body }: Incoming): boolean {
  const sent = [path, query, JSON.stringify(headers), Buffer.from(body).toString()].join(' ');
  return Object.values(secrets).some((secret) => sent.includes(secret) || sent.includes(Buffer.from(secret).toString('base64'))); // prettier-ignore
}

function* flips(request: Incoming): Generator<{ place: string; request: Incoming }> {
  const { path, query, body, headers } = request;
  for (let i = 0; i < path.length; i++)
    yield { place: `path[${i}]`, request: { ...request, path: flip(path, i) } };
  for (let i = 0; i < query.length; i++)
    yield { place: `query[${i}] ${query.slice(i, i + 9)}`, request: { ...request, query: flip(query, i) } };
  for (let i = 0; i < body.length; i++)
    yield { place: `body[${i}]`, request: { ...request, body: flipByte(body, i) } };
  for (const [name, value] of Object.entries(headers))
    for (let i = 0; i < String(value).length && name !== 'content-type'; i++)
      yield {
        place: `${name}[${i}]`,
        request: { ...request, headers: { ...headers, [name]: flip(String(value), i) } },
      };
}

/** The lowest bit: hex stays hex of another value, and no letter only changes its case. */
const flip = (text: string, at: number) =>
  text.slice(0, at) + String.fromCharCode(text.charCodeAt(at) ^ 1) + text.slice(at + 1);

function flipByte(bytes: Uint8Array, at: number): Uint8Array {
  const copy = Uint8Array.from(bytes);
  copy[at]! ^= 1;
  return copy;
}

/** A secret that is no longer written as it should be is our mistake, and is told as such. */
function decideWith(scheme: Scheme, name: string, secret: string): Decision {
  try {
    return decideAs(scheme, scheme.request, { ...scheme.secrets, [name]: secret });
  } catch (error) {
    expect(String(error)).toMatch(/is not written in (hex|base64)/);
    return { is: 'refused', why: String(error) };
  }
}
