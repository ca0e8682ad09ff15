import { hash } from 'node:crypto';
import type { VerifyBlock } from '../schema.ts';

/** How a secret becomes a key, where it is not simply its own text. */
export const secretForms = ['text', 'base64', 'hex', 'sha1', 'md5'] as const;

/**
 * Compiles `secretIs`: the key that a secret stands for. Undefined for an empty one, with which anyone could sign. Throws where the
 * secret is not written as the manifest says: that is our mistake, and the requests that meet it are kept, not refused.
 */
export function keyMaker({
  secret: name,
  secretIs = 'text',
}: VerifyBlock): (secret: string) => Buffer | undefined {
  const make = makers[secretIs];
  return (secret) => {
    const key = make(secret);
    if (!key) throw new Error(`the secret ${name} is not written in ${secretIs}`);
    return secret === '' || key.length === 0 ? undefined : key;
  };
}

const makers: Record<(typeof secretForms)[number], (secret: string) => Buffer | undefined> = {
  text: (secret) => Buffer.from(secret),
  // Standard Webhooks shows its base64 behind a label: https://www.standardwebhooks.com
  base64: (secret) => fitting(secret.replace(/^whsec_/, ''), /^[\w+/-]*={0,2}$/, 'base64'),
  hex: (secret) => fitting(secret, /^([0-9a-f]{2})*$/i, 'hex'),
  sha1: (secret) => Buffer.from(hash('sha1', secret)),
  md5: (secret) => Buffer.from(hash('md5', secret)),
};

const fitting = (text: string, shape: RegExp, encoding: 'base64' | 'hex') =>
  shape.test(text) ? Buffer.from(text, encoding) : undefined;
