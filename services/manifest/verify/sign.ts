import type { Incoming } from '../read/request.ts';
import { Scope } from '../read/scope.ts';
import type { Manifest, VerifyBlock } from '../schema.ts';
import { kindOf } from './algorithms.ts';
import { everyProof } from './blocks.ts';
import { compileMac } from './mac.ts';

/** The block by which a request can be signed here: the first that needs no more than our secret. */
export const signingBlock = (manifest: Manifest): VerifyBlock | undefined =>
  everyProof(manifest).find(({ by, none }) => none === undefined && ['mac', 'hash'].includes(kindOf(by)));

/**
 * Signs a request as its partner would, for examples and trials. Throws where it cannot: its signature needs a key that only the
 * partner has, or leaves out something that is signed.
 */
export function signatureOf(
  manifest: Manifest,
  request: Incoming,
  secretOf: (name: string) => string,
): Buffer {
  const block = signingBlock(manifest);
  if (!block) throw new Error(`${manifest.id}: only they can make this signature; take one of theirs`);
  const made = compileMac(block).make(new Scope(request), secretOf(block.secret!));
  if (!made) throw new Error(`${manifest.id}: the secret ${block.secret} is empty`);
  if ('why' in made) throw new Error(`${manifest.id}: cannot be signed: it ${made.why}`);
  return made.mac;
}
