import { verify, type KeyObject } from 'node:crypto';
import type { Manifest, VerifyBlock } from '../schema.ts';
import type { Algorithm } from './algorithms.ts';
import { everyProof } from './blocks.ts';
import type { Check } from './proof.ts';
import { publicKeysIn } from './publicKeys.ts';
import { lastFoundFirst, remembered } from './remembered.ts';
import { compileSigned } from './signed.ts';

/** Whether this is where public keys are to be had, and no key itself. */
export const isKeyUrl = (text: string): boolean => /^https:\/\//i.test(text);

/** Where a partner publishes its keys, and whether a text that was fetched there holds such as its signatures need. */
export interface PublicKeys {
  url: string;
  fits: (text: string) => boolean;
}

export const publicKeysOf = (manifest: Manifest): PublicKeys[] =>
  everyProof(manifest).flatMap(({ keys = [], by }) =>
    [keys]
      .flat()
      .filter(isKeyUrl)
      .map((url) => ({ url, fits: (text) => publicKeysIn(text, by!).length > 0 })),
  );

/** Looks for a signature that only the holder of a private key can have made. */
export function keyCheck(block: VerifyBlock, reads: ReadonlySet<string>): Check {
  const by = block.by!;
  const signed = compileSigned(block, reads);
  const fixed = [block.keys ?? []].flat().filter((text) => !isKeyUrl(text));
  const urls = [block.keys ?? []].flat().filter(isKeyUrl);
  const read = remembered((text) => publicKeysIn(text, by));
  // Some sign the query as sent and some as read, and one of several keys is in use.
  const [findForm, findKey] = [lastFoundFirst<'sent' | 'read'>(), lastFoundFirst<KeyObject>()];
  return (brought, scope, secrets) => {
    const keys = [...fixed, ...urls.flatMap((url) => secrets(url))].flatMap(read);
    const signatures = brought.flatMap(bytesOf);
    const fits = (form: 'sent' | 'read') => {
      const text = signed(scope, '', form === 'read');
      if ('why' in text) return false;
      const made = (key: KeyObject) => signatures.some((one) => isBy(by, key, text.bytes, one));
      return findKey(keys, made) !== undefined;
    };
    if (findForm(signed.mayBeUndone(scope) ? ['sent', 'read'] : ['sent'], fits)) return { is: 'passed' };
    const text = signed(scope, '');
    return { is: 'refused', why: 'why' in text ? text.why : 'brings a signature that does not fit' };
  };
}

/** ECDSA signatures come as DER or as r and s one after the other; only the length tells. */
function isBy(by: Algorithm, key: KeyObject, bytes: Buffer, signature: Buffer): boolean {
  const hash = by === 'ed25519' ? null : 'sha256';
  if (by !== 'ecdsa-sha256') return verify(hash, bytes, key, signature);
  const encodings = signature[0] === 0x30 ? (['der', 'ieee-p1363'] as const) : (['ieee-p1363'] as const);
  return encodings.some((dsaEncoding) => verify(hash, bytes, { key, dsaEncoding }, signature));
}

/** The bytes that a text writes in hex, or in base64 without spare bits: a decoder would skip what it does not know. */
function bytesOf(text: string): Buffer[] {
  const plain = text.replaceAll('-', '+').replaceAll('_', '/').replace(/=+$/, '');
  const base64 = Buffer.from(plain, 'base64');
  return [
    ...(/^([0-9a-f]{2})+$/i.test(text) ? [Buffer.from(text, 'hex')] : []),
    ...(base64.toString('base64').replace(/=+$/, '') === plain ? [base64] : []),
  ];
}
