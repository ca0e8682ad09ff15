import type { VerifyBlock } from '../schema.ts';
import { proofsOf } from './blocks.ts';
import { compileProof, type Proof } from './proof.ts';

/**
 * Compiles a way of verifying: its own proof and those that have to come beside it. All of them are looked at, so that the time it takes
 * does not tell which one was wrong. Half of them is no less brought than a wrong one: refused. Throws SyntaxError.
 */
export function compileTogether(way: VerifyBlock, reads: ReadonlySet<string>): Proof {
  const blocks = proofsOf(way);
  const proofs = blocks.map((block) => compileProof(block, reads));
  if (proofs.length === 1) return proofs[0]!;
  return (scope, secrets, now) => {
    const results = proofs.map((proof) => proof(scope, secrets, now));
    const refusal = results.find((result) => result.is === 'refused');
    if (refusal) return refusal;
    const missing = blocks.filter((_, i) => results[i]!.is === 'unproven');
    if (missing.length === blocks.length) return { is: 'unproven' };
    if (missing.length > 0) return { is: 'refused', why: `brings no ${missing.map(({ at }) => at).join(' and no ')}` }; // prettier-ignore
    return results.find((result) => result.is === 'passed' && result.opened) ?? results[0]!;
  };
}
