import { addAmounts, readAmount, type Writing } from '../../contract/amount.ts';
import type { Money } from '../../contract/money.ts';
import { parseExpression } from '../expression.ts';
import { fail, type Reader } from './fail.ts';
import type { Scope } from './scope.ts';
import { evaluate } from './value.ts';

/**
 * What remains of an amount whose network sends it as it was, and beside it the sum of all that was taken back so far. Where none comes,
 * nothing was; with or without a minus it is taken off. A sum above the amount is put aside: one of both is not what the manifest says.
 * Throws SyntaxError.
 */
export function lessReader(
  field: string,
  amount: Reader<Money>,
  less: string,
  as: Writing | undefined,
): Reader<Money> {
  const place = parseExpression(less);
  if (place.some(({ main }) => main.length > 1))
    throw new SyntaxError(`less "${less}": it is in the amount's own currency: name the place alone`);
  const name = `${field}.less`;
  const taken = (scope: Scope, currency: string) => {
    const text = evaluate(place, scope);
    if (text.is === 'absent') return { value: '0' };
    if (text.is === 'unreadable') return fail(name, text.why, scope.hide(text.value));
    const read = readAmount(text.text, currency, { as, minus: 'dropped' });
    return read.ok ? { value: read.value } : fail(name, read.why, scope.hide(text.text));
  };
  return (scope, minus) => {
    const whole = amount(scope, minus);
    if ('reason' in whole || whole.value === undefined) return whole;
    const { currency } = whole.value;
    const off = taken(scope, currency);
    if ('reason' in off) return off;
    const rest = addAmounts(whole.value.amount, `-${off.value}`);
    if (rest.startsWith('-')) return fail(name, 'is more than there was', scope.hide(off.value));
    return { value: { amount: rest, currency } };
  };
}
