import { createPublicKey, type JsonWebKey, type KeyObject } from 'node:crypto';
import type { Algorithm } from './algorithms.ts';

const types: Partial<Record<Algorithm, string>> = {
  ed25519: 'ed25519',
  'ecdsa-sha256': 'ec',
  'rsa-sha256': 'rsa',
};

/** RSA keys below this can be broken: NIST SP 800-131A. */
const fewestRsaBits = 2048;

/**
 * The public keys in a text that are of the kind that the algorithm needs: PEM (keys or certificates), the base64 of one, or JSON in which such
 * stand anywhere: a JWKS, Google's `{keys: [{pem, base64}]}`, a map by id. A private key is none of them: nobody should have written it there.
 */
export function publicKeysIn(text: string, by: Algorithm): KeyObject[] {
  const found = [...keysOf(text.trim())];
  const seen = new Set<string>();
  return found.filter((key) => {
    if (key.asymmetricKeyType !== types[by]) return false;
    if ((key.asymmetricKeyDetails?.modulusLength ?? fewestRsaBits) < fewestRsaBits) return false;
    const id = key.export({ type: 'spki', format: 'der' }).toString('base64');
    return !seen.has(id) && seen.add(id);
  });
}

function* keysOf(text: string): Generator<KeyObject> {
  const json = /^[[{]/.test(text) ? parse(text) : undefined;
  if (json !== undefined) {
    yield* keysInJson(json, 0);
    return;
  }
  const pems = text.match(/-----BEGIN ([A-Z ]+)-----[^-]*-----END \1-----/g);
  for (const pem of pems ?? []) if (!pem.includes('PRIVATE')) yield* attempt(() => createPublicKey(pem));
  if (!pems) yield* keyInBase64(text);
}

function* keysInJson(value: unknown, depth: number): Generator<KeyObject> {
  if (typeof value === 'string') yield* keysOf(value);
  if (typeof value !== 'object' || value === null || depth > 4) return;
  // With `d` it is a private one.
  if ('kty' in value && !('d' in value))
    yield* attempt(() => createPublicKey({ key: value as JsonWebKey, format: 'jwk' }));
  if ('kty' in value) return;
  for (const inner of Object.values(value)) yield* keysInJson(inner, depth + 1);
}

/** 32 bytes are an ed25519 key as it is (Standard Webhooks labels it `whpk_`); anything longer is SPKI. */
function* keyInBase64(text: string): Generator<KeyObject> {
  const plain = text.replace(/^whpk_/, '').replace(/\s+/g, '');
  if (!/^[\w+/-]{43,2000}={0,2}$/.test(plain)) return;
  const bytes = Buffer.from(plain, 'base64');
  const jwk = { kty: 'OKP', crv: 'Ed25519', x: bytes.toString('base64url') };
  if (bytes.length === 32) yield* attempt(() => createPublicKey({ key: jwk, format: 'jwk' }));
  else yield* attempt(() => createPublicKey({ key: bytes, format: 'der', type: 'spki' }));
}

/** What is no key is passed over: a list may hold kinds that are not known here. */
function* attempt(make: () => KeyObject): Generator<KeyObject> {
  try {
    yield make();
  } catch {
    // Not a key.
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
