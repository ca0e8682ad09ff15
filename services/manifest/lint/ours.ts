import type { Problem } from '../load/problems.ts';
import type { Manifest } from '../schema.ts';
import { everyProof } from '../verify/blocks.ts';

/** A setting that stands in nothing they sign: left over, or forgotten in `of`. Its value is written there by now. */
export function lintOurs(manifest: Manifest): Problem[] {
  const signed = everyProof(manifest).map(({ of = '' }) => of);
  return Object.entries(manifest.ours ?? {})
    .filter(([, value]) => !signed.some((text) => text.includes(value)))
    .map(([name]) => ({ path: ['ours', name], atKey: true, message: `nothing that they sign has {ours.${name}} in it: write it where it stands in "of", or leave it out` })); // prettier-ignore
}
