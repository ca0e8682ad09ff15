import type { Manifest, VerifyBlock } from '../schema.ts';

/** A block and where it stands in the manifest. */
export interface PlacedBlock {
  block: VerifyBlock;
  path: PropertyKey[];
  /** The proofs that have to come beside it. */
  beside: VerifyBlock[];
}

/** A way of verifying as the proofs that it takes, all of them together. */
export const proofsOf = (block: VerifyBlock): VerifyBlock[] => [block, ...[block.and ?? []].flat()];

/** Every proof of every way: what matters wherever it stands, such as which secrets there are. */
export const everyProof = ({ verify }: Pick<Manifest, 'verify'>): VerifyBlock[] =>
  [verify].flat().flatMap(proofsOf);

/** The same, each with where it stands. */
export function placedProofs({ verify }: Pick<Manifest, 'verify'>): PlacedBlock[] {
  return [verify].flat().flatMap((way, i) => {
    const path = Array.isArray(verify) ? ['verify', i] : ['verify'];
    const proofs = proofsOf(way);
    return proofs.map((block, j) => ({
      block,
      path: j === 0 ? path : [...path, 'and', ...(Array.isArray(way.and) ? [j - 1] : [])],
      beside: proofs.filter((other) => other !== block),
    }));
  });
}
