import type { Partner } from '../compile.ts';
import { exampleRequest, type Example } from '../example.ts';
import { allReferences, parseExpression } from '../expression.ts';
import type { Incoming } from '../read/request.ts';
import { Scope } from '../read/scope.ts';
import type { VerifyBlock } from '../schema.ts';
import { saleIds } from './saleIds.ts';
import { proofsOf } from '../verify/blocks.ts';
import { kindOf } from '../verify/algorithms.ts';
import { signatureOf } from '../verify/sign.ts';

interface Sending {
  secretOf: (name: string) => string;
  now: Date;
  /** Makes a new id of the one in the example; else the sale is the example's own, and after the first time a repeat. */
  freshId?: ((id: string) => string) | undefined;
}

/**
 * An example as a request that is theirs now: with the live secret, the time of sending and a new signature, whatever stands there in the
 * example. Throws where only the partner can sign.
 */
export function sendable(example: Example, partner: Partner, { secretOf, now, freshId }: Sending): Incoming {
  const { manifest } = partner;
  const [block] = [manifest.verify].flat().filter(({ none }) => none === undefined);
  const unsigned = exampleRequest(example, partner, secretOf, now, () => Buffer.alloc(32, 0xa5));
  const sent = freshId ? withFreshIds(partner, unsigned, freshId) : unsigned;
  // What shall be refused must not be put right.
  if (!block || example.expect.outcome === 'refused') return sent;
  // A secret may itself be signed, so that comes last.
  const proofs = proofsOf(block).toSorted((a, b) => Number(a.by !== undefined) - Number(b.by !== undefined));
  return proofs.reduce((request, proof) => proven(partner, request, proof, secretOf, now), sent);
}

function proven(
  partner: Partner,
  request: Incoming,
  block: VerifyBlock,
  secretOf: Sending['secretOf'],
  now: Date,
): Incoming {
  switch (kindOf(block.by)) {
    case 'secret':
      return withSecret(request, block, secretOf(block.secret!));
    case 'mac':
    case 'hash':
      return signed(partner, request, block, secretOf, now);
    default:
      throw new Error(`${partner.id}: only they can sign or encrypt a request; have them send one`);
  }
}

/** Ids as the manifest reads them, wherever they stand: a sale may carry its own more than once. */
function withFreshIds(partner: Partner, request: Incoming, freshId: (id: string) => string): Incoming {
  const ids = saleIds(partner, request);
  if (ids.length === 0) throw new Error('no sale can be read in this example, so there is no id to renew');
  return ids.reduce((sent, id) => replace(sent, id, freshId(id)), request);
}

function withSecret(request: Incoming, { at }: VerifyBlock, secret: string): Incoming {
  const brought = valueAt(request, at);
  const written = /\.basic$/i.test(at ?? '') ? Buffer.from(secret).toString('base64') : secret;
  return brought === undefined || brought === written ? request : replace(request, brought, written);
}

function signed(
  { manifest }: Partner,
  request: Incoming,
  block: VerifyBlock,
  secretOf: (name: string) => string,
  now: Date,
): Incoming {
  const time = valueAt(request, block.sentAt);
  const timed = time === undefined ? request : replace(request, time, writtenAs(time, now));
  const old = valueAt(timed, block.at);
  if (old === undefined)
    throw new Error(`${manifest.id}: the example brings no ${block.at} to be signed anew`);
  const mac = signatureOf(manifest, timed, secretOf);
  return replace(timed, old, mac.toString(/^[0-9a-f]+$/i.test(old) ? 'hex' : 'base64'));
}

/** Seconds, milliseconds or ISO, as they write it. */
function writtenAs(time: string, now: Date): string {
  if (/^\d{13}$/.test(time)) return String(now.getTime());
  return /^\d+$/.test(time) ? String(Math.floor(now.getTime() / 1000)) : now.toISOString();
}

function valueAt(request: Incoming, place: string | undefined): string | undefined {
  const names = place === undefined ? [] : allReferences(parseExpression(place)).map(({ name }) => name);
  const found = names.map((name) => new Scope(request).find(name)).find(({ sent }) => sent);
  return found && 'values' in found ? found.values[0] : undefined;
}

/** Puts a text in the place of another, where it stands by itself: as it is, or as a URL writes it. */
function replace(request: Incoming, old: string, by: string): Incoming {
  const forms = [...new Set([old, encodeURIComponent(old)])].map((form) => form.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&')); // prettier-ignore
  // What a URL writes as %3A ends in a letter.
  const pattern = new RegExp(`(?<=^|[^\\w-]|%[0-9A-Fa-f]{2})(?:${forms.join('|')})(?![\\w-])`, 'g');
  const plain = (text: string) => text.replace(pattern, () => by);
  return {
    ...request,
    query: request.query.replace(pattern, () => encodeURIComponent(by)),
    headers: Object.fromEntries(Object.entries(request.headers).map(([name, value]) => [name, value === undefined ? value : plain(String(value))])), // prettier-ignore
    body: Buffer.from(inBody(Buffer.from(request.body).toString(), pattern, by)),
  };
}

/** A form is encoded, JSON is not. */
const inBody = (text: string, pattern: RegExp, by: string) =>
  text.replace(pattern, () => (/^\s*[[{]/.test(text) ? by : encodeURIComponent(by)));
