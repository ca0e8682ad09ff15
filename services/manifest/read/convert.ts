import { readAmount, writings, type Minus, type Writing } from '../../contract/amount.ts';
import { readCurrency, type Money } from '../../contract/money.ts';
import { read, unreadable, type Read } from '../../contract/read.ts';
import { readTime, whyUnusable, zoneOf } from '../../contract/time.ts';

/** 512 characters hold every id and sub id known; more is a mistake or an attack. */
const longest = 512;

/** `shown`: what to show of what was sent, if not the text itself. `why` never repeats it: that is answered and logged. */
export type Convert<T> = (text: string, companion: string | undefined, minus?: Minus) => Read<T> | Unread;
type Unread = { ok: false; why: string; shown?: string | undefined };

export const convertText: Convert<string> = (text) =>
  text.length <= longest ? read(text) : unreadable(`is longer than ${longest} characters`);

/** What makes a sale is never a yes or no: `true` is a mistake of theirs, and would be the id of all their sales. */
export const convertIdentity: Convert<string> = (text) =>
  text === 'true' || text === 'false'
    ? unreadable('is a yes or no, not an id')
    : convertText(text, undefined);

export function convertMoney(as: string | undefined): Convert<Money> {
  if (as !== undefined && !isWriting(as))
    throw new SyntaxError(`as "${as}": money is written as ${writings.join(', ')}`);
  return (text, companion = '', minus) => {
    const currency = readCurrency(companion);
    if (!currency.ok)
      return { ok: false, why: 'comes in what is not an ISO 4217 currency', shown: companion };
    const amount = readAmount(text, currency.value, { as, minus });
    return amount.ok ? read({ amount: amount.value, currency: currency.value }) : amount;
  };
}

const isWriting = (as: string): as is Writing => (writings as readonly string[]).includes(as);

export function convertTime(pattern: string | undefined): Convert<string> {
  const problem = pattern === undefined ? undefined : whyUnusable(pattern);
  if (problem) throw new SyntaxError(`as "${pattern}": ${problem}`);
  return (text, companion) =>
    readTime(text, companion === undefined ? undefined : zoneOf(companion), pattern);
}
