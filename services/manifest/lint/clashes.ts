import type { Problem } from '../load/problems.ts';
import type { Manifest } from '../schema.ts';

/** What two partners cannot both have, and what makes one sale two if they do. */
export function lintClashes(manifest: Manifest, others: readonly Manifest[]): Problem[] {
  return others
    .filter((other) => other !== manifest)
    .flatMap((other) => [
      ...(meet(manifest.path, other.path) ? [{ path: ['path'], message: `"${other.id}" is called at ${other.path}, too: only one of them would hear; take another path` }] : []),
      ...(sameNetwork(manifest, other) ? [{ path: ['name'], message: `"${other.id}" is ${other.name}, too: a sale that both report would be two; use one manifest with variants, or say in the name what each is for` }] : []),
    ]); // prettier-ignore
}

/** A secret in a path stands for any text; who has a report alone has no path. */
function meet(a: string, b: string): boolean {
  if (a === '') return false;
  const [ours, theirs] = [a.split('/'), b.split('/')];
  return ours.length === theirs.length && ours.every((part, i) => part === theirs[i] || part.startsWith('{') || theirs[i]!.startsWith('{')); // prettier-ignore
}

const sameNetwork = (a: Manifest, b: Manifest) => a.name.trim().toLowerCase() === b.name.trim().toLowerCase();
