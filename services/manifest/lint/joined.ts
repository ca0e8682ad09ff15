import { parseExpression, parseTemplate } from '../expression.ts';
import type { Problem } from '../load/problems.ts';
import type { Manifest, Value, VerifyBlock } from '../schema.ts';
import { placedProofs } from '../verify/blocks.ts';
import { mappedBy } from '../verify/covered.ts';
import { joinedIn, type Joined } from '../verify/joined.ts';

/** Parts that stand side by side with nothing between. */
export const lintJoined = (manifest: Manifest): Problem[] => [...joinedSigned(manifest), ...joinedIds(manifest)]; // prettier-ignore

/** Not where the manifest has done what can be done: asked for something beside, or said that a stranger may write one of the two. */
function joinedSigned(manifest: Manifest): Problem[] {
  return placedProofs(manifest).flatMap(({ block, path, beside }) => {
    if (beside.length > 0 || block.addresses !== undefined) return [];
    const { of = '', pair = '' } = block;
    // What ends one pair stands before the next.
    const pairs = pair === '' ? [] : [...parseTemplate(pair), ...parseTemplate(pair)];
    const said = saidUnsigned(manifest, block);
    const signed = joinedIn(parseTemplate(of)).filter((both) => !both.some((place) => said.has(place)));
    const found = [[signed[0], 'of'], [joinedIn(pairs)[0], 'pair']] as const; // prettier-ignore
    return found.flatMap(([joined, word]) => (joined === undefined ? [] : [{ path: [...path, word], message: `${written(joined)} is signed with nothing between, so that who sees one request can move signs from one to the other: if they offer a separator, take it; if not, name one of the two under "unsigned"` }])); // prettier-ignore
  });
}

/** Where the fields stand of which the manifest says that anybody may write them. */
function saidUnsigned(manifest: Manifest, { unsigned = [] }: VerifyBlock): Set<string> {
  const said = mappedBy(manifest).filter(({ field }) => unsigned.includes(field));
  return new Set(said.flatMap(({ places }) => places));
}

function joinedIds({ fields = {}, variants = [], repeat }: Manifest): Problem[] {
  const sets = [{ own: fields, path: ['fields'] as PropertyKey[] }, ...variants.map((variant, i) => ({ own: variant.fields, path: ['variants', i, 'fields'] as PropertyKey[] }))]; // prettier-ignore
  const ids = sets.flatMap(({ own, path }) =>
    (['account', 'conversionId', 'lineId'] as const).map((name) => ({ from: fromOf(own[name]), path: [...path, name] })),
  ); // prettier-ignore
  return [...ids, { from: repeat?.distinct, path: ['repeat', 'distinct'] }].flatMap(({ from, path }) => {
    if (from === undefined) return [];
    const joined = parseExpression(from).flatMap(({ main }) => main).flatMap(joinedIn).map(written)[0]; // prettier-ignore
    if (joined === undefined) return [];
    return [{ path, message: `${joined} may be the same for two sales: put a sign between that is in neither, such as ${joined.replace('}{', '}-{')}` }]; // prettier-ignore
  });
}

const fromOf = (value: Value | undefined) => (typeof value === 'object' ? value.from : value);

const written = ([one, other]: Joined) => `{${one}}{${other}}`;
