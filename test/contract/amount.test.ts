import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { addAmounts, readAmount, type Writing } from '../../services/contract/amount.ts';
import { currencies, decimalsOfCurrency } from '../../services/contract/currency.ts';

const read = (text: string, currency: string, as?: Writing) => readAmount(text, currency, { as });
const why = (text: string, currency: string, as?: Writing) => {
  const result = read(text, currency, as);
  return result.ok ? `is ${result.value}` : result.why;
};

describe('cents are minor units, by the digits that the currency has', () => {
  test.each([
    ['1250', 'USD', '12.5'],
    ['5', 'USD', '0.05'],
    ['0', 'USD', '0'],
    ['007', 'USD', '0.07'],
    ['1250', 'JPY', '1250'],
    ['1250', 'VND', '1250'],
    ['1250', 'BHD', '1.25'],
    ['1', 'KWD', '0.001'],
    ['12345678901234567890', 'EUR', '123456789012345678.9'],
  ])('%s %s is %s', (text, currency, value) => {
    expect(read(text, currency, 'cents')).toEqual({ ok: true, value });
  });

  test.each(['12.50', '12.0', '1,250', '', ' 5', '1e3', '$5', '.', '-'])(
    '%j is refused: whoever writes a point does not mean cents',
    (text) => {
      expect(why(text, 'USD', 'cents')).toBe('is not a whole number of the smallest unit');
    },
  );
});

describe('thousandths are the same in every currency', () => {
  test.each([
    ['1250', 'USD', '1.25'],
    ['1250', 'JPY', '1.25'],
    ['1', 'BHD', '0.001'],
    ['9900000', 'IDR', '9900'],
  ])('%s %s is %s', (text, currency, value) => {
    expect(read(text, currency, 'thousandths')).toEqual({ ok: true, value });
  });

  test('a point is refused', () => {
    expect(why('1.5', 'USD', 'thousandths')).toBe('is not a whole number of the smallest unit');
  });
});

describe('written as people write it somewhere', () => {
  test.each([
    ['Rp9.900', 'IDR', '9900'],
    ['Rp 1.250.000', 'IDR', '1250000'],
    ['Rp. 9.900,-', 'IDR', '9900'],
    ['Rp9.900,50', 'IDR', '9900.5'],
    ['1.234,56 €', 'EUR', '1234.56'],
    ['1.234,56\u00a0€', 'EUR', '1234.56'],
    ['1 234,56 €', 'EUR', '1234.56'],
    ['1\u202f234\u202f567,8 EUR', 'EUR', '1234567.8'],
    ['$1,234.56', 'USD', '1234.56'],
    ['$1,234', 'USD', '1234'],
    ['US$0.99', 'USD', '0.99'],
    ['USD 12', 'USD', '12'],
    ['12.5', 'USD', '12.5'],
    ['12,5', 'EUR', '12.5'],
    ['0.125', 'USD', '0.125'],
    ['0,125', 'EUR', '0.125'],
    ['1234.567', 'USD', '1234.567'],
    ['฿1,234.50', 'THB', '1234.5'],
    ['RM12.30', 'MYR', '12.3'],
    ['S$1.00', 'SGD', '1'],
    ['12.000₫', 'VND', '12000'],
    ['12.000 đ', 'VND', '12000'],
    ['₹12,34,567.00', 'INR', '1234567'],
    ["CHF 1'234.50", 'CHF', '1234.5'],
    ['CHF 1’234.50', 'CHF', '1234.5'],
    ['1,234,567', 'EUR', '1234567'],
    ['kr. 1.234,56', 'DKK', '1234.56'],
    ['￥1,234', 'JPY', '1234'],
    ['5', 'USD', '5'],
  ])('%s is %s %s', (text, currency, value) => {
    expect(read(text, currency, 'local')).toEqual({ ok: true, value });
  });

  test.each([
    ['1.234', 'USD'],
    ['1.234', 'EUR'],
    ['1,234', 'EUR'],
    ['€1,234', 'EUR'],
    ['1.234 kr', 'SEK'],
    ['Rp9,900', 'IDR'],
    ['1,234', 'BHD'],
  ])('%s %s may be thousands or decimals: refused', (text, currency) => {
    expect(why(text, currency, 'local')).toBe('may be thousands or decimals');
  });

  test.each([
    ['', 'USD'],
    ['$', 'USD'],
    ['.5', 'USD'],
    ['5.', 'USD'],
    ['1,23,4567.5', 'EUR'],
    ['1.2.3', 'USD'],
    ['1,2345.00', 'USD'],
    ['1,234.567.8', 'USD'],
    ['0,123,456', 'USD'],
    ['1.234,567,890', 'USD'],
    ['1 234.567,8', 'USD'],
    ['1 2', 'USD'],
    ['5 6 USD', 'USD'],
    ['1.2 Mio. €', 'EUR'],
    ['(5', 'USD'],
    ['5%', 'USD'],
    ['$5 - $6', 'USD'],
    ['5 USD 6', 'USD'],
    ['NaN', 'USD'],
    ['٣٫٥', 'USD'],
  ])('%j %s is no amount', (text, currency) => {
    expect(why(text, currency, 'local')).toBe('is not an amount as people write it');
  });

  test.each([
    ['1.2K', 'USD'],
    ['€5', 'USD'],
    ['5 EUR', 'USD'],
    ['Rp5', 'USD'],
    ['$5', 'EUR'],
    ['¥5', 'USD'],
    ['US$5', 'SGD'],
  ])('%s under %s bears the mark of another currency: refused', (text, currency) => {
    expect(why(text, currency, 'local')).toBe('bears a mark that its currency does not have');
  });

  test('whatever a runtime writes in a locale whose signs differ is read as itself, or refused as unclear', () => {
    const locales = [
      'en-US',
      'de-DE',
      'fr-FR',
      'id-ID',
      'vi-VN',
      'de-CH',
      'en-IN',
      'pt-BR',
      'th-TH',
      'da-DK',
    ];
    const some = ['USD', 'EUR', 'IDR', 'VND', 'THB', 'MYR', 'BRL', 'JPY', 'GBP', 'SGD'];
    fc.assert(
      fc.property(
        fc.constantFrom(...locales),
        fc.constantFrom(...some),
        fc.integer({ min: 0, max: 10 ** 10 }),
        (locale, currency, minor) => {
          const decimals = decimalsOfCurrency(currency)!;
          const digits = { minimumFractionDigits: decimals, maximumFractionDigits: decimals };
          const format = new Intl.NumberFormat(locale, { style: 'currency', currency, currencyDisplay: 'narrowSymbol', ...digits });
          const result = read(format.format(minor / 10 ** decimals), currency, 'local');
          if (result.ok) expect(Number(result.value)).toBe(minor / 10 ** decimals);
          else expect(result.why).toBe('may be thousands or decimals');
        },
      ),
      { numRuns: 500 },
    ); // prettier-ignore
  });
});

describe('a minus', () => {
  test.each([
    ['-5', undefined, '-5', '5'],
    ['-0.00', undefined, '0', '0'],
    ['-1250', 'cents', '-12.5', '12.5'],
    ['-$1,234.50', 'local', '-1234.5', '1234.5'],
    ['$-1,234.50', 'local', '-1234.5', '1234.5'],
    ['−5,25', 'local', '-5.25', '5.25'],
  ] as const)('of %s (%s) is refused, kept or left off', (text, as, kept, dropped) => {
    expect(readAmount(text, 'USD', { as })).toEqual({ ok: false, why: 'is negative' });
    expect(readAmount(text, 'USD', { as, minus: 'kept' })).toEqual({ ok: true, value: kept });
    expect(readAmount(text, 'USD', { as, minus: 'dropped' })).toEqual({ ok: true, value: dropped });
  });

  test.each(['--5', '5-', '-', '(5)', '- 5'])('%s is none', (text) => {
    expect(readAmount(text, 'USD', { minus: 'kept' }).ok).toBe(false);
  });
});

describe('amounts are added exactly', () => {
  test.each([
    ['0.1', '0.2', '0.3'],
    ['10', '-2.5', '7.5'],
    ['1', '-1', '0'],
    ['-1.5', '-1.5', '-3'],
    ['0.5', '-1', '-0.5'],
    ['12345678901234567890', '0.00000000001', '12345678901234567890.00000000001'],
  ])('%s and %s are %s', (a, b, sum) => {
    expect(addAmounts(a, b)).toBe(sum);
    expect(addAmounts(b, a)).toBe(sum);
  });

  test('whatever they are', () => {
    const minor = fc.bigInt({ min: -(10n ** 20n), max: 10n ** 20n });
    const asText = (n: bigint) => {
      const digits = (n < 0n ? -n : n).toString().padStart(4, '0');
      const plain = `${digits.slice(0, -3)}.${digits.slice(-3)}`.replace(/\.?0+$/, '') || '0';
      return n < 0n ? `-${plain}` : plain;
    };
    fc.assert(
      fc.property(minor, minor, (a, b) => {
        expect(addAmounts(asText(a), asText(b))).toBe(asText(a + b));
      }),
    );
  });
});

test('cents of every currency are what its decimals say', () => {
  for (const code of currencies) {
    const decimals = decimalsOfCurrency(code)!;
    expect(read(`1${'0'.repeat(decimals)}`, code, 'cents'), code).toEqual({ ok: true, value: '1' });
  }
});
