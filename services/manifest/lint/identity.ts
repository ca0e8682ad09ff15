import { allReferences, parseExpression } from '../expression.ts';
import type { Problem } from '../load/problems.ts';
import type { Fields, Manifest, Value } from '../schema.ts';

/** Identities by which one sale becomes two, or two sales one. */
export function lintIdentity({ fields = {}, each, variants }: Manifest): Problem[] {
  const sets = variants ? variants.map((variant, i) => ({ each, ...variant, common: fields, path: ['variants', i, 'fields'] as PropertyKey[] })) : [{ each, fields, common: {}, path: ['fields'] as PropertyKey[] }]; // prettier-ignore
  const problems = sets.flatMap(({ each: levels, fields: own, common, path }) => [
    ...laterIds(own.conversionId, [...path, 'conversionId']),
    ...sharedIds({ ...common, ...own }, levels, path),
  ]);
  return variants ? [...laterIds(fields.conversionId, ['fields', 'conversionId']), ...problems] : problems;
}

/** `a or b`: a report that has only b, and a later one that has a, are two sales. */
function laterIds(value: Value | undefined, path: PropertyKey[]): Problem[] {
  if (value === undefined) return [];
  const alternatives = parseExpression(fromOf(value));
  if (alternatives.length < 2) return [];
  return [{ path, message: `"${fromOf(value)}": if the first id comes only later, the same sale is counted twice: take one that is there from the first report on` }]; // prettier-ignore
}

/** Items whose ids all stand beside them have one identity, and are quarantined as soon as there are two. */
function sharedIds(fields: Fields, each: Record<string, string> | undefined, path: PropertyKey[]): Problem[] {
  const levels = Object.keys(each ?? {});
  const last = levels.at(-1);
  const { conversionId, lineId } = fields;
  if (last === undefined || conversionId === undefined) return [];
  const places = [conversionId, ...(lineId === undefined ? [] : [lineId])].map(fromOf);
  const inItem = places.some((place) => allReferences(parseExpression(place)).some(({ name }) => name.split('.', 1)[0] === last)); // prettier-ignore
  if (inItem) return [];
  return [{ path: [...path, 'conversionId'], message: `several items ("${last}") would have one identity: map lineId to something of the item, such as ${last}.id` }]; // prettier-ignore
}

const fromOf = (value: Value) => (typeof value === 'string' ? value : value.from);
