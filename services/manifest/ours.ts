import type { Problem } from './load/problems.ts';
import { nearest } from './load/suggest.ts';
import type { Manifest } from './schema.ts';
import { placedProofs, proofsOf } from './verify/blocks.ts';

type Proof = ReturnType<typeof proofsOf>[number];

/** `{ours.app-key}`: what is public and ours, and stands in what they sign. */
const hole = /\{ours\.([^{}]*)\}/g;

/**
 * A manifest with its own settings written where they are named, so that everything after reads plain text. Done twice it changes nothing:
 * a service is handed the manifest as it is after this.
 */
export function withOurs(manifest: Manifest): Manifest {
  const { ours, verify } = manifest;
  if (ours === undefined) return manifest;
  const fill = (text: string) =>
    text.replace(hole, (written, name: string) => (Object.hasOwn(ours, name) ? ours[name]! : written));
  const filled = <T extends Proof>(proof: T): T => (proof.of === undefined ? proof : { ...proof, of: fill(proof.of) }); // prettier-ignore
  const whole = (way: Proof): Proof => ({ ...filled(way), ...(way.and && { and: Array.isArray(way.and) ? way.and.map(filled) : filled(way.and) }) }); // prettier-ignore
  return { ...manifest, verify: Array.isArray(verify) ? verify.map(whole) : whole(verify) };
}

/** Names that nothing is said for. */
export function checkOurs(manifest: Manifest): Problem[] {
  const known = Object.keys(manifest.ours ?? {});
  return placedProofs(manifest).flatMap(({ block: { of = '' }, path }) => {
    const unknown = [...of.matchAll(hole)]
      .map(([, name = '']) => name)
      .filter((name) => !known.includes(name));
    return unknown.map((name) => ({ path: [...path, 'of'], message: `verify: {ours.${name}} stands nowhere under "ours"${hint(name, known)}` })); // prettier-ignore
  });
}

function hint(name: string, known: string[]): string {
  const meant = nearest(name, known);
  if (meant !== undefined) return `: did you mean {ours.${meant}}?`;
  return `: write ours: { ${name}: .. }`;
}
