import { decimalsOfCurrency } from './currency.ts';
import { readLocal } from './localAmount.ts';
import { readDecimal } from './money.ts';
import { read, unreadable, type Read } from './read.ts';

/** How an amount is written, where it is not a plain decimal. */
export const writings = ['cents', 'thousandths', 'local'] as const;
export type Writing = (typeof writings)[number];

/** What becomes of a minus: an amount is refused for it, keeps it (a change), or loses it (a reversal, whose word says it already). */
export type Minus = 'refused' | 'kept' | 'dropped';

/**
 * Reads an amount of a currency into its shortest decimal. `cents` are whole minor units by the currency's own digits (JPY has none,
 * BHD three), `thousandths` are the same in every currency, `local` is written as people do somewhere.
 */
export function readAmount(
  text: string,
  currency: string,
  { as, minus = 'refused' }: { as?: Writing | undefined; minus?: Minus | undefined } = {},
): Read<string> {
  const sign = as === 'local' ? localMinus : plainMinus;
  const isNegative = sign.test(text);
  if (isNegative && minus === 'refused') return unreadable('is negative');
  const amount = readUnsigned(isNegative ? text.replace(sign, '$1') : text, currency, as);
  if (!amount.ok || !isNegative || minus === 'dropped' || amount.value === '0') return amount;
  return read(`-${amount.value}`);
}

const plainMinus = /^()-(?=[\d.])/;
const localMinus = /^([^\d-−]*)[-−](?=\D*\d)/;

function readUnsigned(text: string, currency: string, as: Writing | undefined): Read<string> {
  if (as === undefined) return readDecimal(text);
  if (as === 'local') return readLocal(text, currency);
  if (!/^\d+$/.test(text)) return unreadable('is not a whole number of the smallest unit');
  const decimals = as === 'thousandths' ? 3 : decimalsOfCurrency(currency)!;
  const digits = text.padStart(decimals + 1, '0');
  const whole = digits.slice(0, digits.length - decimals);
  return readDecimal(decimals === 0 ? whole : `${whole}.${digits.slice(-decimals)}`);
}

/** The sum of two amounts of one currency, either of which may be negative, to the last digit. */
export function addAmounts(a: string, b: string): string {
  const decimals = Math.max(decimalsIn(a), decimalsIn(b));
  const sum = units(a, decimals) + units(b, decimals);
  const digits = (sum < 0n ? -sum : sum).toString().padStart(decimals + 1, '0');
  const whole = digits.slice(0, digits.length - decimals);
  const fraction = digits.slice(digits.length - decimals).replace(/0+$/, '');
  return `${sum < 0n ? '-' : ''}${whole}${fraction && `.${fraction}`}`;
}

const decimalsIn = (amount: string) => (amount.split('.')[1] ?? '').length;

const units = (amount: string, decimals: number) =>
  BigInt(amount.replace('.', '') + '0'.repeat(decimals - decimalsIn(amount)));
