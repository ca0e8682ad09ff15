import { parseExpression, referencesOf, type Alternative } from '../expression.ts';
import { fieldKinds, fieldNames } from '../fields.ts';
import { companionOf } from '../read/companions.ts';
import type { Fields, Manifest } from '../schema.ts';

/** A place that a manifest reads: where it stands there, and the names of theirs in each of its alternatives. */
export interface Place {
  path: PropertyKey[];
  alternatives: string[][];
  hasDefault: boolean;
}

/** A set of fields as one template fills it: the whole manifest's, or a variant's own beside the common ones. */
export interface Template {
  when: string | undefined;
  places: Place[];
}

type Levels = Record<string, string>;

export function templatesOf({ fields = {}, each = {}, variants }: Manifest): Template[] {
  if (!variants) return [{ when: undefined, places: placesOf(fields, ['fields'], each) }];
  return variants.map((variant, i) => {
    const levels = variant.each ?? each;
    const common = Object.entries(fields).filter(([name]) => !Object.hasOwn(variant.fields, name));
    const own = placesOf(variant.fields, ['variants', i, 'fields'], levels);
    return {
      when: variant.when,
      places: [...placesOf(Object.fromEntries(common), ['fields'], levels), ...own],
    };
  });
}

function placesOf(fields: Fields, path: PropertyKey[], levels: Levels): Place[] {
  const place = (at: PropertyKey[], alternatives: Alternative[], hasDefault = false): Place => ({
    path: [...path, ...at],
    alternatives: alternatives.map((alternative) => namesIn(alternative, levels)),
    hasDefault,
  });
  const plain = fieldNames.flatMap((name) => {
    const value = fields[name];
    if (value === undefined) return [];
    const { from, default: fallback, less } = typeof value === 'string' ? { from: value } : value;
    return [
      place([name], parseExpression(from, companionOf[fieldKinds[name].kind]), fallback !== undefined),
      ...(less === undefined ? [] : [place([name, 'less'], parseExpression(less))]),
    ];
  });
  const { status, test, subIds } = fields;
  return [
    ...plain,
    ...(status?.from === undefined ? [] : [place(['status', 'from'], parseExpression(status.from), status.default !== undefined)]),
    ...(test === undefined ? [] : [place(['test', 'from'], parseExpression(test.from))]),
    ...(Array.isArray(subIds) ? subIds.map((from, i) => place(['subIds', i], parseExpression(from))) : []),
  ]; // prettier-ignore
}

/** Headers and the path are no business of a template, nor shown by names in a body. */
const namesIn = ({ main, companion }: Alternative, levels: Levels): string[] =>
  [...main, companion ?? []].flatMap(referencesOf).flatMap(({ name }) => (/^(header|path)\./.test(name) ? [] : inBody(name, levels))); // prettier-ignore

/** `line.sku` as it stands in the document: `order.lines.sku`. */
function inBody(name: string, levels: Levels): string {
  const [first = '', ...rest] = name.split('.');
  if (first === 'body' || first === 'query') return rest.join('.');
  if (!Object.hasOwn(levels, first)) return name;
  return [inBody(levels[first]!, levels), ...rest].filter((step) => step !== '').join('.');
}
