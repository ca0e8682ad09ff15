import { createHmac, createSecretKey, hash } from 'node:crypto';
import type { Scope } from '../read/scope.ts';
import type { VerifyBlock } from '../schema.ts';
import { kindOf } from './algorithms.ts';
import { sameMac } from './compare.ts';
import type { Check } from './proof.ts';
import { remembered } from './remembered.ts';
import { keyMaker } from './secret.ts';
import { compileSigned } from './signed.ts';

/** A signature that both sides make with the same secret, or why none can be made. */
export type Made = { mac: Buffer } | { why: string };

/** Compiles the making of a MAC or of a hash with the secret in its text. Undefined for a secret that is empty. */
export function compileMac(
  block: VerifyBlock,
  reads?: ReadonlySet<string>,
): {
  make: (scope: Scope, secret: string, asRead?: boolean) => Made | undefined;
  mayBeUndone: (scope: Scope) => boolean;
} {
  const signed = compileSigned(block, reads);
  const bytesOf = keyMaker(block);
  const keyOf = remembered((secret) => {
    const bytes = bytesOf(secret);
    return bytes && { text: bytes.toString(), object: createSecretKey(bytes) };
  });
  const isHash = kindOf(block.by) === 'hash';
  const algorithm = block.by!.replace('hmac-', '');
  const length = block.length === undefined ? undefined : Number(block.length);
  const make = (scope: Scope, secret: string, asRead?: boolean): Made | undefined => {
    const key = keyOf(secret);
    if (!key) return undefined;
    const text = signed(scope, isHash ? key.text : '', asRead);
    if ('why' in text) return text;
    // To lengthen a text behind a hash of secret and text takes its padding, in which there are zeros.
    if (isHash && text.bytes.includes(0)) return { why: 'signs a text with NULs in it' };
    const mac = isHash
      ? hash(algorithm, text.bytes, 'buffer')
      : createHmac(algorithm, key.object).update(text.bytes).digest();
    return { mac: length === undefined ? mac : mac.subarray(0, length) };
  };
  return { make, mayBeUndone: signed.mayBeUndone };
}

/** Looks for a signature that we can make ourselves. */
export function macCheck(block: VerifyBlock, reads: ReadonlySet<string>): Check {
  const { make, mayBeUndone } = compileMac(block, reads);
  return (brought, scope, secrets) => {
    const live = secrets(block.secret!);
    let why = 'brings a signature that does not fit';
    const fits = (asRead: boolean) => {
      // Every one is compared, whatever fits: how long it takes tells nothing.
      let fitting = 0;
      for (const secret of live) {
        const made = make(scope, secret, asRead);
        if (made && 'why' in made && !asRead) why = made.why;
        if (made && 'mac' in made) for (const value of brought) if (sameMac(made.mac, value)) fitting++;
      }
      return fitting > 0;
    };
    if (fits(false) || (mayBeUndone(scope) && fits(true))) return { is: 'passed' };
    return { is: 'refused', why };
  };
}
