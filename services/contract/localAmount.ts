import { readDecimal } from './money.ts';
import { unreadable, type Read } from './read.ts';

const noAmount = unreadable('is not an amount as people write it');

/**
 * Reads `Rp9.900`, `1.234,56 €`, `$1,234.56` or `1 234,56` into a plain decimal. The last of two different separators is the decimal one;
 * one that could part thousands or decimals counts only as its currency's home uses it, else it is refused: `1.234` of USD, `1,234` of EUR.
 */
export function readLocal(text: string, currency: string): Read<string> {
  const match = /^([^0-9]*)([0-9](?:.*[0-9])?)([^0-9]*)$/s.exec(text);
  if (!match) return noAmount;
  const [, before = '', number = '', after = ''] = match;
  const marks = [before, after.replace(/^,[-–]/, '')].map(plain).filter((mark) => mark !== '');
  if (marks.length > 1) return noAmount;
  if (marks.some((mark) => !isMark(mark))) return noAmount;
  if (marks.some((mark) => !marksOf(currency).has(mark))) return unreadable('bears a mark that its currency does not have'); // prettier-ignore
  return readNumber(number.replace(/\s/gu, ' ').replaceAll('’', "'"), currency);
}

function readNumber(number: string, currency: string): Read<string> {
  const separators = number.match(/[^0-9]/g) ?? [];
  const last = separators.at(-1);
  if (last === undefined) return readDecimal(number);
  const at = number.lastIndexOf(last);
  const [whole, fraction] = [number.slice(0, at), number.slice(at + 1)];
  const others = new Set(separators.slice(0, -1));
  const decimal = () => readDecimal(`${ungroup(whole, [...others][0])}.${fraction}`);
  if (others.size > 1) return noAmount;
  if (others.size === 1 && !others.has(last))
    return '.,'.includes(last) && isGrouped(whole, [...others][0]!) ? decimal() : noAmount;
  if (!isGrouped(number, last)) return others.size === 0 && '.,'.includes(last) ? decimal() : noAmount;
  if (others.size === 0 && '.,'.includes(last) && groupsAtHome(currency) !== last)
    return unreadable('may be thousands or decimals');
  return readDecimal(ungroup(number, last));
}

const ungroup = (number: string, separator: string | undefined) =>
  separator === undefined ? number : number.replaceAll(separator, '');

/** By threes, or as in India by twos before the last three. */
function isGrouped(number: string, separator: string): boolean {
  if (!".,' ".includes(separator)) return false;
  const [first = '', ...groups] = number.split(separator);
  if (!/^[1-9]\d{0,2}$/.test(first)) return false;
  const byThrees = groups.every((group) => group.length === 3);
  const byTwos = separator === ',' && first.length < 3 && groups.at(-1)?.length === 3 && groups.slice(0, -1).every(({ length }) => length === 2); // prettier-ignore
  return byThrees || byTwos;
}

/** Which sign parts thousands where the currency is at home; currencies of several habits (EUR, CHF, ZAR ..) are not listed. */
const homes = {
  '.': new Set('ARS BRL CLP COP DKK IDR ISK PYG RON RSD TRY UYU VND'.split(' ')),
  ',': new Set(
    'AUD BDT CNY EGP GBP HKD ILS INR JPY KES KRW LKR MXN MYR NGN NZD PHP PKR SGD THB TWD USD'.split(' '),
  ),
};
const groupsAtHome = (currency: string) => (homes['.'].has(currency) ? '.' : homes[','].has(currency) ? ',' : undefined); // prettier-ignore

/** Beside its code and the signs that every runtime knows for it. */
const alsoWritten: Record<string, string[]> = { VND: ['đ', 'vnđ'], CNY: ['元', 'rmb'], JPY: ['円', '￥'] };

const plain = (mark: string) =>
  mark
    .trim()
    .replace(/(?<=\p{L})\.$/u, '')
    .toLowerCase();

const isMark = (mark: string) => /^(\p{L}{0,2}\p{Sc}|\p{L}{1,4})$/u.test(mark);

const known = new Map<string, Set<string>>();

/** Every mark a currency may bear: usd, $ and us$. */
function marksOf(currency: string): Set<string> {
  let marks = known.get(currency);
  if (!marks) {
    const signs = (['narrowSymbol', 'symbol'] as const).map((display) => signOf(currency, display));
    const dollars = signs[0] === '$' ? [`${currency.slice(0, 2)}$`, `${currency[0]}$`] : [];
    marks = new Set([currency, ...signs, ...dollars, ...(alsoWritten[currency] ?? [])].map(plain));
    known.set(currency, marks);
  }
  return marks;
}

const signOf = (currency: string, currencyDisplay: 'narrowSymbol' | 'symbol') =>
  new Intl.NumberFormat('en', { style: 'currency', currency, currencyDisplay })
    .formatToParts(1)
    .find(({ type }) => type === 'currency')!.value;
