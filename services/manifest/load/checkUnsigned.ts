import type { Manifest, VerifyBlock } from '../schema.ts';
import { kindOf } from '../verify/algorithms.ts';
import { mappedBy, uncovered } from '../verify/covered.ts';
import { joinedFields } from '../verify/joined.ts';
import type { Problem } from './problems.ts';

/**
 * A field that no signature covers can be written anew by whoever has seen one request. Some schemes are so by design; the manifest then
 * says of which fields, so that nobody learns it from a loss.
 */
export function checkUnsigned(block: VerifyBlock, beside: VerifyBlock[], manifest: Manifest): Problem[] {
  const { by, unsigned } = block;
  if (by === undefined) return [];
  if (kindOf(by) === 'cipher')
    return unsigned === 'all' ? [] : [{ path: ['by'], message: `${by} hides what is sent and does not sign it: say so by "unsigned: all"` }]; // prettier-ignore
  if (unsigned === 'all') return [{ path: ['unsigned'], message: 'all of it is unsigned only where it comes encrypted: name the fields' }]; // prettier-ignore
  const open = uncovered(manifest, block);
  const isOnly = !beside.some((other) => guardsId(other, manifest));
  return [
    ...(isOnly ? checkIdOf(open) : []),
    ...checkSaid(isOnly ? open.filter(({ field }) => field !== 'conversionId') : open, unsigned ?? []),
    ...checkListed(open, block, manifest),
  ];
}

/** A secret is enough by itself, so what stands beside it may sign as little as it does; another signature may have the id. */
const guardsId = (other: VerifyBlock, manifest: Manifest) =>
  other.by === undefined || !uncovered(manifest, other).some(({ field }) => field === 'conversionId');

type Uncovered = ReturnType<typeof uncovered>;

function checkIdOf(open: Uncovered): Problem[] {
  const id = open.find(({ field }) => field === 'conversionId');
  return id ? [{ path: ['of'], message: `the signature does not cover conversionId (${id.places.join(', ')}): one signature would do for every sale` }] : []; // prettier-ignore
}

function checkSaid(open: Uncovered, unsigned: string[]): Problem[] {
  const missing = open.filter(({ field }) => !unsigned.includes(field));
  if (missing.length === 0) return [];
  const named = missing.map(({ field, places }) => `${field} (${places.join(', ')})`).join(', ');
  const list = [...unsigned, ...missing.map(({ field }) => field)].join(', ');
  return [{ path: [], message: `the signature does not cover ${named}: name it in "of", or say so by "unsigned: [${list}]"` }]; // prettier-ignore
}

/** What is signed may be named too, if it is joined to what stands beside it: then it is not signed well. */
function checkListed(open: Uncovered, block: VerifyBlock, manifest: Manifest): Problem[] {
  const unsigned = (block.unsigned as string[] | undefined) ?? [];
  const joined = joinedFields(manifest, block);
  const mapped = mappedBy(manifest).map(({ field }) => field);
  return unsigned.flatMap((name, i) => {
    const path = ['unsigned', i];
    if (!mapped.includes(name)) return [{ path, message: `"${name}" is mapped nowhere: leave it out` }];
    if (open.some(({ field }) => field === name) || (joined.has(name) && name !== 'conversionId')) return [];
    return [{ path, message: `"${name}" is signed: leave it out` }];
  });
}
