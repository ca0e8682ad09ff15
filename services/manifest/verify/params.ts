import { parseTemplate, referencesOf, type Reference } from '../expression.ts';
import type { Scope } from '../read/scope.ts';

/**
 * Compiles `{params}`: every parameter but the signature's own, sorted by name, each written as `pair` says. `{value}` leaves a
 * parameter out that came empty, `{value?}` keeps it; text at the end of `pair` stands between two pairs. Undefined where there is
 * nothing to sign, or nothing certain: a name that comes twice. The order is UTF-16's, which is that of the bytes but for signs
 * beyond U+FFFF, where it refuses.
 */
export function compileParams(
  pair: string,
  own: ReadonlySet<string>,
): (scope: Scope, secret: string) => string | undefined {
  const template = parsePair(pair);
  const between = typeof template.at(-1) === 'string' ? (template.pop() as string) : '';
  const keepsEmpty = template.some(
    (part) => typeof part === 'object' && part.name === 'value' && part.optional,
  );
  return (scope, secret) => {
    const entries = entriesOf(scope)?.filter(([key, value]) => !own.has(key) && (keepsEmpty || value !== ''));
    if (!entries || entries.length === 0) return undefined;
    entries.sort(([a], [b]) => (a < b ? -1 : 1));
    const written = entries.map(([key, value]) => {
      const words: Record<string, string> = { key, value, secret };
      return template.map((part) => (typeof part === 'string' ? part : words[part.name])).join('');
    });
    return written.join(between);
  };
}

/** Throws SyntaxError for a pair that does not sign names and values, or with other words in it. */
export function parsePair(pair: string): (string | Reference)[] {
  const template = parseTemplate(pair);
  const names = referencesOf(template).map(({ name }) => name);
  const stranger = names.find((name) => !['key', 'value', 'secret'].includes(name));
  if (stranger !== undefined)
    throw new SyntaxError(
      `{${stranger}} is no word here: a pair has {key}, {value} and, for a plain hash, {secret}`,
    );
  if (!names.includes('key') || !names.includes('value'))
    throw new SyntaxError('a pair writes both {key} and {value}: what it leaves out is not signed');
  return template;
}

/** The parameters where a bare name would be looked for. What is no plain text cannot be sorted into a text. */
function entriesOf({ body, query }: Scope): [string, string][] | undefined {
  if (body.is === 'json') return flat(body.json);
  const parameters = body.is === 'form' ? body.parameters : body.is === 'empty' ? query : undefined;
  if (!parameters) return undefined;
  const entries: [string, string][] = [];
  for (const [key, [value, ...more]] of parameters) {
    if (more.length > 0 || value === undefined || value === null) return undefined;
    entries.push([key, value]);
  }
  return entries;
}

function flat(json: unknown): [string, string][] | undefined {
  if (typeof json !== 'object' || json === null || Array.isArray(json)) return undefined;
  const entries = Object.entries(json);
  if (entries.some(([, value]) => typeof value === 'object' && value !== null)) return undefined;
  return entries.map(([key, value]) => [key, value === null ? '' : String(value)]);
}
