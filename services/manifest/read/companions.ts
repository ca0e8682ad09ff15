import { readCurrency } from '../../contract/money.ts';
import { currencies } from '../../contract/currency.ts';
import { zoneOf } from '../../contract/time.ts';
import type { Companion } from '../expression.ts';
import type { FieldKind } from '../fields.ts';
import { didYouMean } from '../load/suggest.ts';

/**
 * A companion by the kind of field: money always has its currency; a time may have a zone, given as a literal. What looks like a
 * currency or a zone and is none would be taken for the name of a parameter that never comes: it does not load.
 */
export const companionOf: Record<FieldKind, Companion> = {
  text: () => 'own',
  money: (last) => (isCurrency(last) ? 'literal' : 'companion'),
  time: (last) => (isZone(last) ? 'literal' : 'own'),
};

function isCurrency(last: string): boolean {
  const [code = '', marks] = split(last);
  if (/^[A-Z]{3}$/.test(code) && readCurrency(code).ok) return certain(last, marks, 'a currency');
  if (/^[A-Z]{3}$/.test(code) || /^\p{Sc}$/u.test(code) || readCurrency(code).ok)
    throw new SyntaxError(`"${last}" is no currency${didYouMean(code, currencies)}`);
  return false;
}

function isZone(last: string): boolean {
  const [name = '', marks] = split(last);
  if (zoneOf(name)) return certain(last, marks, 'a time zone');
  if (/^[+-]\d/.test(name) || /^(utc|gmt|z)([+-]\d.*)?$/i.test(name))
    throw new SyntaxError(`"${last}" is no time zone: write UTC, or an offset as +08:00`);
  if (name.includes('/') && !name.includes('{'))
    throw new SyntaxError(`"${last}" is no time zone${didYouMean(name, Intl.supportedValuesOf('timeZone'))}`);
  return false;
}

const split = (term: string) => /^(.*?)(\??)$/.exec(term)!.slice(1);

function certain(term: string, marks: string | undefined, what: string): true {
  if (marks)
    throw new SyntaxError(`"${term}": ${what} that is written here cannot be missing: leave out "?"`);
  return true;
}
