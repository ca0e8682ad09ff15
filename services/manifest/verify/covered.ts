import { allReferences, parseExpression, parseTemplate, referencesOf } from '../expression.ts';
import { fieldKinds, type FieldName } from '../fields.ts';
import { companionOf } from '../read/companions.ts';
import type { Manifest, VerifyBlock } from '../schema.ts';
import { kindOf } from './algorithms.ts';

const spelt = (name: string) => (name.startsWith('header.') ? name.toLowerCase() : name);
const rootOf = (name: string) => /^(header|query|path|body)\./.exec(name)?.[1];

/** Whether nothing of a body is signed, so that a request with one is refused. */
export const signsQueryAlone = (names: readonly string[]): boolean =>
  names.every((name) => /^(query|path|header|secret)(\.|$)/.test(name));

/**
 * Which places a signature covers. A bare name is looked for in the body, or in the query where no body came: whichever is signed
 * whole covers it, since a request with another is refused. What was encrypted is not signed at all.
 */
export function coverage({ of = '{body}', by }: VerifyBlock): (name: string) => boolean {
  const kind = kindOf(by);
  if (kind === 'secret' || kind === 'cipher') return () => false;
  const names = referencesOf(parseTemplate(of)).map(({ name }) => spelt(name));
  const signed = new Set(names);
  const wholes = signsQueryAlone(names) ? ['query'] : ['body', 'params'];
  return (name) => {
    const root = rootOf(name);
    if (signed.has(spelt(name))) return true;
    if (root === undefined) return wholes.some((whole) => signed.has(whole));
    return signed.has(root) || (root === 'body' && signed.has('params'));
  };
}

/** What decides about a sale: a field, or the choice of a variant or of items, and the places where it stands. */
export interface Mapped {
  field: string;
  places: string[];
}

/** Everything that a manifest reads, by our name for it. Places that make no sense are left out: they are told elsewhere. */
export function mappedBy({ fields, variants = [], each, repeat }: Manifest): Mapped[] {
  const all = [
    ...Object.entries(fields ?? {}),
    ...variants.flatMap((variant) => Object.entries(variant.fields)),
  ].map(([field, value]) => ({ field, places: textsIn(value).flatMap((text) => placesIn(text, field)) }));
  const lists = [each, ...variants.map((variant) => variant.each)].flatMap((levels) =>
    Object.values(levels ?? {}),
  );
  const chosen = variants.flatMap(({ when }) => when ?? []);
  return [
    ...all,
    { field: 'each', places: lists.flatMap((text) => placesIn(text)) },
    { field: 'repeat', places: placesIn(repeat?.distinct ?? '') },
    { field: 'when', places: chosen.flatMap((text) => placesIn(text)) },
  ].filter(({ places }) => places.length > 0);
}

function textsIn(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  if (Array.isArray(value)) return value.flatMap(textsIn);
  const { from = [], less = [] } = Object(value) as { from?: unknown; less?: unknown };
  return [...textsIn(from), ...textsIn(less)];
}

function placesIn(text: string, field = ''): string[] {
  try {
    const companion = companionOf[fieldKinds[field as FieldName]?.kind ?? 'text'];
    return allReferences(parseExpression(text, companion)).map(({ name }) => name);
  } catch {
    return [];
  }
}

/** The names, without their root, that a manifest looks for among the parameters. */
export function readsOf(manifest: Manifest): ReadonlySet<string> {
  const places = mappedBy(manifest).flatMap(({ places }) => places);
  const names = [...places, ...placesIn(manifest.open ?? '')];
  return new Set(
    names.filter((name) => !/^(header|path)\./.test(name)).map((name) => name.replace(/^(query|body)\./, '')),
  );
}

/** What a manifest reads and a signature does not cover, by field. */
export function uncovered(manifest: Manifest, block: VerifyBlock): Mapped[] {
  const covers = coverage(block);
  const opened = manifest.open;
  const isInside = (place: string) => opened !== undefined && [undefined, 'body'].includes(rootOf(place));
  const covered = (place: string) => (isInside(place) ? placesIn(opened!).every(covers) : covers(place));
  const missing = new Map<string, Set<string>>();
  for (const { field, places } of mappedBy(manifest))
    for (const place of places)
      if (!covered(place)) missing.set(field, (missing.get(field) ?? new Set()).add(place));
  return [...missing].map(([field, places]) => ({ field, places: [...places] }));
}
