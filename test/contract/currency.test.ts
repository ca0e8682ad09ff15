import { describe, expect, test } from 'vitest';
import { currencies, decimalsOfCurrency } from '../../services/contract/currency.ts';
import { readCurrency } from '../../services/contract/money.ts';

describe('a currency is read in any case', () => {
  test.each([
    ['USD', 'USD'],
    ['usd', 'USD'],
    ['Myr', 'MYR'],
    ['xof', 'XOF'],
  ])('%s is %s', (text, value) => {
    expect(readCurrency(text)).toEqual({ ok: true, value });
  });
});

describe('what no sale is paid in is no currency', () => {
  test.each([
    ['XXX', 'no currency'],
    ['XTS', 'for tests'],
    ['XAU', 'gold'],
    ['XDR', 'special drawing rights'],
    ['xxx', 'no currency, lower case'],
    ['HRK', 'replaced by the euro in 2023'],
    ['RMB', 'what people call CNY'],
    ['USDT', 'a coin'],
    ['US', 'too short'],
    ['US$', 'a sign'],
    ['$', 'a sign'],
    ['840', 'the number of USD'],
    [' USD', 'not trimmed'],
    ['', 'empty'],
    ['constructor', 'a word every object knows'],
    ['uſd', 'a long s, which is an S in upper case'],
    ['ıdr', 'a dotless i, which is an I in upper case'],
  ])('%s (%s)', (text) => {
    expect(readCurrency(text)).toEqual({ ok: false, why: 'is not an ISO 4217 currency' });
  });
});

/** In ISO 4217, but not in Unicode's list: a unit of account, and a second bolivar beside VES. */
const notInUnicode = ['UYI', 'VED'];
/** In Unicode's list, but no longer in ISO 4217's, or no money: replaced, or drawing rights and units of account. */
const notInIso = ['ANG', 'BGN', 'CUC', 'HRK', 'XDR', 'XSU'];

test('every currency is one that the runtime knows by its own list', () => {
  const known = new Set([...Intl.supportedValuesOf('currency'), ...notInUnicode]);
  expect([...currencies].filter((code) => !known.has(code))).toEqual([]);
});

test('every currency that the runtime knows and no date ended is one', () => {
  const names = new Intl.DisplayNames('en', { type: 'currency' });
  const ended = (code: string) => /\(\d{4}/.test(names.of(code) ?? '');
  const current = Intl.supportedValuesOf('currency').filter((code) => !ended(code));
  expect(current.filter((code) => !currencies.has(code) && !notInIso.includes(code))).toEqual([]);
});

test.each(['USD', 'EUR', 'MYR', 'THB', 'VND', 'JPY', 'KRW', 'CLP', 'KWD', 'BHD', 'TND', 'XAF', 'SGD', 'PHP'])(
  '%s has the decimals that the runtime writes it with',
  (currency) => {
    const { maximumFractionDigits } = new Intl.NumberFormat('en', {
      style: 'currency',
      currency,
    }).resolvedOptions();
    expect(decimalsOfCurrency(currency)).toBe(maximumFractionDigits);
  },
);

test('where people leave the cents out, ISO 4217 still counts them', () => {
  expect(['IDR', 'PKR', 'HUF', 'LAK'].map(decimalsOfCurrency)).toEqual([2, 2, 2, 2]);
});

test('an unknown code has no number of decimals', () => {
  expect([decimalsOfCurrency('XXX'), decimalsOfCurrency('usd'), decimalsOfCurrency('')]).toEqual([
    undefined,
    undefined,
    undefined,
  ]);
});
