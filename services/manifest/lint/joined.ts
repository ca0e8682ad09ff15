import { parseExpression, parseTemplate, type Template } from '../expression.ts';
import type { Problem } from '../load/problems.ts';
import type { Manifest, Value } from '../schema.ts';
import { placedProofs } from '../verify/blocks.ts';

/** Parts that stand side by side with nothing between: `1` and `23` make the same text as `12` and `3`. */
export const lintJoined = (manifest: Manifest): Problem[] => [...joinedSigned(manifest), ...joinedIds(manifest)]; // prettier-ignore

function joinedSigned(manifest: Manifest): Problem[] {
  return placedProofs(manifest).flatMap(({ block: { of = '', pair = '' }, path }) => {
    // What ends one pair stands before the next.
    const pairs = pair === '' ? [] : [...parseTemplate(pair), ...parseTemplate(pair)];
    const found = [[joinIn(parseTemplate(of)), 'of'], [joinIn(pairs), 'pair']] as const; // prettier-ignore
    return found.flatMap(([joined, word]) => (joined === undefined ? [] : [{ path: [...path, word], message: `${joined} is signed with nothing between, so that who sees one request can move signs from one to the other: if they offer a separator, take it` }])); // prettier-ignore
  });
}

function joinedIds({ fields = {}, variants = [], repeat }: Manifest): Problem[] {
  const sets = [{ own: fields, path: ['fields'] as PropertyKey[] }, ...variants.map((variant, i) => ({ own: variant.fields, path: ['variants', i, 'fields'] as PropertyKey[] }))]; // prettier-ignore
  const ids = sets.flatMap(({ own, path }) =>
    (['account', 'conversionId', 'lineId'] as const).map((name) => ({ from: fromOf(own[name]), path: [...path, name] })),
  ); // prettier-ignore
  return [...ids, { from: repeat?.distinct, path: ['repeat', 'distinct'] }].flatMap(({ from, path }) => {
    if (from === undefined) return [];
    const joined = parseExpression(from).flatMap(({ main }) => main).map(joinIn).find((found) => found !== undefined); // prettier-ignore
    if (joined === undefined) return [];
    return [{ path, message: `${joined} may be the same for two sales: put a sign between that is in neither, such as ${joined.replace('}{', '}-{')}` }]; // prettier-ignore
  });
}

const fromOf = (value: Value | undefined) => (typeof value === 'object' ? value.from : value);

/** Two references side by side, as they are written. A secret is one length for all, and no sender's to choose. */
function joinIn(template: Template): string | undefined {
  const at = template.findIndex((part, i) => isSent(part) && isSent(template[i + 1]));
  return at < 0 ? undefined : template.slice(at, at + 2).map((part) => `{${(part as { name: string }).name}}`).join(''); // prettier-ignore
}

const isSent = (part: Template[number] | undefined) => typeof part === 'object' && part.name !== 'secret';
