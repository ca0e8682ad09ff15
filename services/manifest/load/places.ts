import { allReferences, type Expression } from '../expression.ts';
import type { Manifest } from '../schema.ts';
import { nearest } from './suggest.ts';

/** Throws SyntaxError for a place that begins with a misspelt root or level: nothing would ever be found there. */
export type PlaceCheck = (expression: Expression) => void;

/**
 * Compiles the check of every place in a manifest. A first part that is almost a root (`headers.`) or a level of `each` is meant to be
 * one, unless `each` itself finds its lists by that name.
 */
export function placeChecker({ each, variants = [] }: Manifest): PlaceCheck {
  const levels = [each, ...variants.map((variant) => variant.each)].map((level) => level ?? {});
  const known = ['header', 'query', 'path', 'body', ...levels.flatMap((level) => Object.keys(level))];
  const lists = levels.flatMap((level) => Object.values(level)).flatMap((list) => list.split('.'));
  const fine = new Set([...known, ...lists]);
  return (expression) => {
    for (const { name } of allReferences(expression)) {
      const [first = '', ...rest] = name.split('.');
      const meant = rest.length === 0 || fine.has(first) ? undefined : nearest(first, known);
      if (meant && isSlip(first, meant))
        throw new SyntaxError(`"${name}": did you mean "${meant}.${rest.join('.')}"?`);
    }
  };
}

/** A letter more or less, or two that swapped places. Another letter makes another word: part is not path, nor reader header. */
const isSlip = (word: string, meant: string) =>
  word.length !== meant.length || letters(word) === letters(meant);

const letters = (word: string) => [...word.toLowerCase()].sort().join('');
