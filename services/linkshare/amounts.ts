import { addAmounts, readAmount } from '../contract/amount.ts';
import { readCurrency, type Money } from '../contract/money.ts';
import { read, unreadable, type Read } from '../contract/read.ts';

/**
 * Reads an amount as TikTok writes it for its market: `Rp9.900` is 9900 IDR, `12.50` is 12.5 USD. What could be read in two ways is not
 * read at all.
 */
export function readMoney(value: { amount?: unknown; currency?: unknown }): Read<Money> {
  const currency = readCurrency(textOf(value.currency));
  if (!currency.ok) return unreadable(`currency "${textOf(value.currency).slice(0, 10)}" ${currency.why}`);
  const text = textOf(value.amount).trim();
  const amount = readAmount(text, currency.value, { as: 'local', minus: 'kept' });
  if (!amount.ok) return unreadable(`"${text.slice(0, 30)}" ${amount.why}`);
  return read({ amount: amount.value, currency: currency.value });
}

const textOf = (value: unknown): string =>
  typeof value === 'string' ? value : typeof value === 'number' ? String(value) : '';

/** An exact amount times a whole number. */
export const times = (amount: string, factor: number): string =>
  shifted(units(amount) * BigInt(factor), decimalsOf(amount));

/** An exact amount at a rate in hundredths of a percent: 1000 is 10 %. Not rounded. */
export const atRate = (amount: string, rate: number): string =>
  shifted(units(amount) * BigInt(rate), decimalsOf(amount) + 4);

/** Negative if a is less than b. */
export function compareAmounts(a: string, b: string): number {
  const decimals = Math.max(decimalsOf(a), decimalsOf(b));
  const scaled = (amount: string) => units(amount) * 10n ** BigInt(decimals - decimalsOf(amount));
  const difference = scaled(a) - scaled(b);
  return difference < 0n ? -1 : difference > 0n ? 1 : 0;
}

/** `10 %` of 1000, `12.5 %` of 1250. */
export const percent = (rate: number): string => `${rate / 100} %`;

/** `1234567.5` as `1,234,567.5`, for people. */
export const grouped = (amount: string): string => {
  const [whole = '', fraction] = amount.split('.');
  return whole.replace(/\B(?=(\d{3})+$)/g, ',') + (fraction ? `.${fraction}` : '');
};

const decimalsOf = (amount: string) => (amount.split('.')[1] ?? '').length;
const units = (amount: string) => BigInt(amount.replace('.', ''));

function shifted(value: bigint, decimals: number): string {
  const digits = (value < 0n ? -value : value).toString().padStart(decimals + 1, '0');
  const whole = digits.slice(0, digits.length - decimals);
  const fraction = digits.slice(digits.length - decimals).replace(/0+$/, '');
  return addAmounts(`${value < 0n ? '-' : ''}${whole}${fraction && `.${fraction}`}`, '0');
}
