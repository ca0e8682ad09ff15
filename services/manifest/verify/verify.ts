import { addressMatcher } from './addresses.ts';
import { readsOf } from './covered.ts';
import type { LiveSecrets, Proof, Refusal } from './proof.ts';
import { compileTogether } from './together.ts';
import type { Manifest, VerifyBlock } from '../schema.ts';
import type { Scope } from '../read/scope.ts';

/** Whether a request is theirs. `expired`: it would have counted, by a way that no longer does; `verified` if a proof passed. */
export type Verdict =
  | { is: 'verified' }
  | { is: 'unverified'; because: string }
  | { is: 'expired'; until: string; verified: boolean }
  | Refusal;

/**
 * Compiles `verify` into one function. Any block that passes is enough. `none` counts only for a request that brings no proof of
 * another block's kind: a wrong token is refused, never forgiven. What a proof has opened, the scope shows from then on.
 */
export function compileVerify(
  manifest: Manifest,
): (scope: Scope, secrets: LiveSecrets, now: Date) => Verdict {
  const reads = readsOf(manifest);
  const blocks = [manifest.verify].flat().map((block) => ({ block, proof: compileBlock(block, reads) }));
  const proofs = blocks.filter(({ block }) => block.none === undefined);
  const none = blocks.find(({ block }) => block.none !== undefined);
  return (scope, secrets, now) => {
    let refusal: Refusal | undefined;
    let expired: string | undefined;
    for (const { block, proof } of proofs) {
      const result = proof(scope, secrets, now);
      if (result.is === 'passed' && result.opened) scope.open(result.opened);
      if (result.is === 'passed' && !isPast(block.until, now)) return { is: 'verified' };
      if (result.is === 'passed') expired = block.until;
      if (result.is === 'refused') refusal ??= result;
    }
    if (expired !== undefined) return { is: 'expired', until: expired, verified: true };
    if (refusal) return refusal;
    if (!none) return { is: 'refused', why: `brings no ${proofs.map(({ block }) => block.at).join(' or ')}` };
    return decideNone(none, scope, secrets, now);
  };
}

function decideNone(
  { block, proof }: { block: VerifyBlock; proof: Proof },
  scope: Scope,
  secrets: LiveSecrets,
  now: Date,
): Verdict {
  const result = proof(scope, secrets, now);
  if (result.is === 'refused') return result;
  if (isPast(block.until, now)) return { is: 'expired', until: block.until!, verified: false };
  return { is: 'unverified', because: block.none! };
}

/** `until` is the last day that counts, in UTC. */
const isPast = (until: string | undefined, now: Date) =>
  until !== undefined && now.getTime() >= Date.parse(`${until}T00:00:00Z`) + 86_400_000;

function compileBlock(block: VerifyBlock, reads: ReadonlySet<string>): Proof {
  const fromThere = addressMatcher(block.addresses);
  const proof = block.none === undefined ? compileTogether(block, reads) : () => ({ is: 'passed' as const });
  return (scope, secrets, now) => {
    const result = proof(scope, secrets, now);
    if (result.is !== 'passed' || fromThere(scope.request.address)) return result;
    return {
      is: 'refused',
      why: `comes from ${scope.request.address ?? 'an unknown address'}, which is not theirs`,
    };
  };
}
