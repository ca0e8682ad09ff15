import { createDecipheriv, createSecretKey, type KeyObject } from 'node:crypto';
import { parseExpression } from '../expression.ts';
import { readBody, type Body } from '../read/request.ts';
import type { Scope } from '../read/scope.ts';
import { evaluate } from '../read/value.ts';
import type { VerifyBlock } from '../schema.ts';
import type { Check } from './proof.ts';
import { remembered } from './remembered.ts';
import { keyMaker } from './secret.ts';

/** Bytes of an AES-256 key; of a longer text the first count, as where the hex of a SHA-1 is the key. */
const keyLength = 32;

/**
 * What only the holder of the secret can have encrypted, so that it opens as JSON; the fields then read that. It proves less than a
 * signature: whoever holds one such text can garble parts of it, which the manifest says by `unsigned: all`.
 */
export function cipherCheck(block: VerifyBlock): Check {
  const ivAt = parseExpression(block.iv ?? '');
  const bytesOf = keyMaker(block);
  // Node takes longer to see that bytes are no key object than to decrypt.
  const keyOf = remembered((secret) => {
    const key = bytesOf(secret)?.subarray(0, keyLength);
    return key?.length === keyLength ? createSecretKey(key) : undefined;
  });
  return (brought, scope, secrets) => {
    const live = secrets(block.secret!);
    const iv = bytesAt(scope, ivAt);
    if (brought.length > 1) return { is: 'refused', why: 'brings several encrypted texts' };
    if (!iv) return { is: 'refused', why: `brings no readable ${block.iv}` };
    for (const secret of live) {
      const opened = open(block.by!, keyOf(secret), iv, base64(brought[0]!));
      if (opened) return { is: 'passed', opened };
    }
    return { is: 'refused', why: 'brings what our secret does not open' };
  };
}

function open(
  by: string,
  key: KeyObject | undefined,
  iv: Buffer,
  sealed: Buffer | undefined,
): Body | undefined {
  if (!key || !sealed) return undefined;
  try {
    const decipher = createDecipheriv(by, key, iv);
    const body = readBody(Buffer.concat([decipher.update(sealed), decipher.final()]), 'application/json');
    return body.is === 'json' && typeof body.json === 'object' ? body : undefined;
  } catch {
    // A wrong length or padding: what another secret made, or nobody.
    return undefined;
  }
}

function bytesAt(scope: Scope, at: ReturnType<typeof parseExpression>): Buffer | undefined {
  const text = evaluate(at, scope);
  return text.is === 'text' ? base64(text.text) : undefined;
}

/** Only what would be written the same again: decoders skip what they do not know. PHP breaks lines. */
function base64(text: string): Buffer | undefined {
  const plain = text.replace(/\s+/g, '').replace(/=+$/, '');
  const bytes = Buffer.from(plain, 'base64');
  return bytes.length > 0 && bytes.toString('base64').replace(/=+$/, '') === plain ? bytes : undefined;
}
