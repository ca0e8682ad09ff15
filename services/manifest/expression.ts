/**
 * The small language of places: `a or b`, `a b`, `{a}-{b?}`, `a?`.
 * A reference is a parameter's name or begins with a root (`header.`, `query.`, `path.`, a level of `each`).
 */
export interface Reference {
  name: string;
  optional: boolean;
}
/** Text and references in a row; `usd_payout` is one reference and no text. */
export type Template = (string | Reference)[];
/** Terms that make one value, and what goes with it: money's currency, a time's zone. */
export interface Alternative {
  main: Template[];
  companion?: Template;
}
export type Expression = Alternative[];

/**
 * Says what the last of several terms is: the value's own, its companion, or a companion given as a literal. Throws SyntaxError for
 * what looks like a literal and is none.
 */
export type Companion = (lastTerm: string) => 'own' | 'companion' | 'literal';

/** Parses a value's place. Throws SyntaxError with a sentence for the manifest's author. */
export function parseExpression(text: string, companion: Companion = () => 'own'): Expression {
  return text.split(/\s+or\s+/).map((alternative) => {
    const terms = alternative.trim().split(/\s+/);
    if (terms.includes('') || terms.includes('or'))
      throw new SyntaxError(`"${text}": a place is missing beside "or"`);
    const last = terms.at(-1)!;
    const kind = terms.length === 1 ? 'own' : companion(last);
    if (kind === 'own') return { main: terms.map(parseTerm) };
    const main = terms.slice(0, -1).map(parseTerm);
    return { main, companion: kind === 'literal' ? [last] : parseTerm(last) };
  });
}

function parseTerm(term: string): Template {
  return term.includes('{') ? parseTemplate(term) : [reference(term)];
}

/** Parses `{a}.{b?}`: text with references in braces. */
export function parseTemplate(text: string): Template {
  const parts = text.split(/(\{[^{}]*\})/).filter((part) => part !== '');
  return parts.map((part) => {
    if (/^\{.*\}$/.test(part)) return reference(part.slice(1, -1));
    if (/[{}]/.test(part)) throw new SyntaxError(`"${text}": a brace is not closed`);
    return part;
  });
}

function reference(text: string): Reference {
  const optional = text.endsWith('?');
  const name = optional ? text.slice(0, -1) : text;
  if (/[|,;]/.test(name)) throw new SyntaxError(`"${text}": write "or" between places`);
  if (!/^[^\s?{}*&='"`]+$/.test(name)) throw new SyntaxError(`"${text}" is not a parameter's name`);
  return { name, optional };
}

/** The references in a template, in order. */
export const referencesOf = (template: Template): Reference[] =>
  template.filter((part) => typeof part !== 'string');

/** A term may be missing if everything in it may. */
export const isOptional = (term: Template): boolean => referencesOf(term).every(({ optional }) => optional);

/** Places are tried in order, so it is the last one that may be missing or not. */
export const mayBeMissing = (expression: Expression): boolean => expression.at(-1)!.main.every(isOptional);

/** Every reference of an expression, companions too. */
export const allReferences = (expression: Expression): Reference[] =>
  expression.flatMap(({ main, companion }) => [...main, companion ?? []].flatMap(referencesOf));
