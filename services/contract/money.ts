import { z } from 'zod';
import { currencies } from './currency.ts';
import { read, unreadable, type Read } from './read.ts';

/** An exact amount: a decimal string, never a float, in one ISO 4217 currency. Amounts of two currencies are never added. Only a change is negative. */
export const money = z
  .strictObject({
    amount: z.string().regex(/^(0|-?([1-9]\d*|0(?=\.))(\.\d*[1-9])?)$/, 'not a plain decimal'),
    currency: z.string().refine((code) => currencies.has(code), 'not an ISO 4217 currency'),
  })
  .describe('An exact amount in one currency: {"amount":"12.5","currency":"USD"}');
export type Money = z.infer<typeof money>;

/** The fields of an event that hold money. */
export const amountFields = ['saleAmount', 'commission', 'localSaleAmount', 'localCommission'] as const;

/** BigQuery's BIGNUMERIC, the narrowest place an amount is kept, holds 38 digits. */
const mostDigits = 38;

/**
 * Reads a plain decimal such as `12.50` or `007` into its shortest form (`12.5`, `7`).
 * No sign, no exponent, no thousands separator: what could be read in two ways is not read at all.
 */
export function readDecimal(text: string): Read<string> {
  if (text.length <= mostDigits && shortest.test(text)) return read(text);
  const match = /^(\d*)(?:\.(\d+))?$/.exec(text);
  if (!match || text === '') return unreadable(whyNot(text));
  const whole = match[1]!.replace(/^0+(?=\d)/, '') || '0';
  const fraction = (match[2] ?? '').replace(/0+$/, '');
  if (whole.length + fraction.length > mostDigits) return unreadable(`has more than ${mostDigits} digits`);
  return read(fraction ? `${whole}.${fraction}` : whole);
}

/** What is written so need not be taken apart, as most is. */
const shortest = /^(?:0|[1-9]\d*)(?:\.\d*[1-9])?$/;

function whyNot(text: string): string {
  if (/^-\d/.test(text)) return 'is negative';
  if (/^\d{1,3}(,\d{3})+(\.\d+)?$/.test(text)) return 'has thousands separators';
  return 'is not a decimal number';
}

/** Reads an ISO 4217 code in any case; of plain letters, since a dotless i or a long s become plain ones in upper case. */
export function readCurrency(text: string): Read<string> {
  const code = /^[A-Za-z]{3}$/.test(text) ? text.toUpperCase() : text;
  return currencies.has(code) ? read(code) : unreadable('is not an ISO 4217 currency');
}
