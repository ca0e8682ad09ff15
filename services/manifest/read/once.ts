import type { Minus } from '../../contract/amount.ts';
import { allReferences, parseExpression } from '../expression.ts';
import type { Reader } from './fail.ts';
import type { Scope } from './scope.ts';

/** What stands beside the items of a request is the same for each of them: its reader reads it once for a request, not for each item. */
export function once<T>(reader: Reader<T>): Reader<T> {
  let last: { request: Scope; minus: Minus | undefined; result: ReturnType<Reader<T>> } | undefined;
  return (scope, minus) => {
    if (last?.request !== scope.outermost || last.minus !== minus)
      last = { request: scope.outermost, minus, result: reader(scope, minus) };
    return last.result;
  };
}

/** Whether a place is beside the items and not in one of them: none of its words is in a level of `each`. */
export function standsBeside(place: string | undefined, each: Readonly<Record<string, string>>): boolean {
  if (Object.keys(each).length === 0 || place === undefined) return false;
  return !allReferences(parseExpression(place)).some(({ name }) =>
    Object.hasOwn(each, name.split('.', 1)[0]!),
  );
}
