import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { money, readDecimal } from '../../services/contract/money.ts';

describe('a plain decimal is read into its shortest form', () => {
  test.each([
    ['12.50', '12.5'],
    ['12', '12'],
    ['0', '0'],
    ['000', '0'],
    ['0.00', '0'],
    ['.0', '0'],
    ['.5', '0.5'],
    ['007', '7'],
    ['007.50', '7.5'],
    ['100', '100'],
    ['0.30000000000000004', '0.30000000000000004'],
    ['9007199254740993', '9007199254740993'],
    ['1234567890123456789.01', '1234567890123456789.01'],
    ['9'.repeat(38), '9'.repeat(38)],
    [`1.${'0'.repeat(36)}1`, `1.${'0'.repeat(36)}1`],
    [`${'0'.repeat(40)}1${'.'}${'0'.repeat(40)}`, '1'],
  ])('%s is %s', (text, value) => {
    expect(readDecimal(text)).toEqual({ ok: true, value });
  });
});

describe('what could be read in two ways is not read at all', () => {
  test.each([
    ['', 'is not a decimal number'],
    ['.', 'is not a decimal number'],
    ['5.', 'is not a decimal number'],
    ['1,234.5x', 'is not a decimal number'],
    ['1.234.567', 'is not a decimal number'],
    ['1.234,50', 'is not a decimal number'],
    ['12,5', 'is not a decimal number'],
    ['NaN', 'is not a decimal number'],
    ['Infinity', 'is not a decimal number'],
    ['null', 'is not a decimal number'],
    ['1e9', 'is not a decimal number'],
    ['1E-2', 'is not a decimal number'],
    ['0x1F', 'is not a decimal number'],
    ['1_000', 'is not a decimal number'],
    ['1 000', 'is not a decimal number'],
    [' 5', 'is not a decimal number'],
    ['5\n', 'is not a decimal number'],
    ['+5', 'is not a decimal number'],
    ['$5', 'is not a decimal number'],
    ['5 USD', 'is not a decimal number'],
    ['٣', 'is not a decimal number'],
    ['５', 'is not a decimal number'],
    ['-5', 'is negative'],
    ['-0.01', 'is negative'],
    ['1,234', 'has thousands separators'],
    ['1,234.50', 'has thousands separators'],
    ['12,345,678', 'has thousands separators'],
    ['9'.repeat(39), 'has more than 38 digits'],
    ['9'.repeat(40), 'has more than 38 digits'],
    [`1.${'0'.repeat(37)}1`, 'has more than 38 digits'],
    [`${'9'.repeat(30)}.${'9'.repeat(10)}`, 'has more than 38 digits'],
    [`0.${'0'.repeat(39)}1`, 'has more than 38 digits'],
  ])('%j %s', (text, why) => {
    expect(readDecimal(text)).toEqual({ ok: false, why });
  });
});

const scale = 40;

/** The same decimal in units of 10^-40: whole numbers, which a float has no part in. */
function exact(decimal: string): bigint {
  const [whole = '', fraction = ''] = decimal.split('.');
  return BigInt(`${whole || '0'}${fraction.padEnd(scale, '0')}`);
}

const digits = (most: number, least = 0) =>
  fc.string({ unit: fc.constantFrom(...'0123456789'), minLength: least, maxLength: most });

const decimals = fc
  .tuple(digits(20), fc.option(digits(17, 1), { nil: undefined }))
  .filter(([whole, fraction]) => whole !== '' || fraction !== undefined)
  .map(([whole, fraction]) => (fraction === undefined ? whole : `${whole}.${fraction}`));

function valueOf(text: string): string {
  const result = readDecimal(text);
  if (!result.ok) throw new Error(`"${text}" ${result.why}`);
  return result.value;
}

describe('for every decimal of up to 37 digits', () => {
  test('reading keeps its exact value', () => {
    fc.assert(
      fc.property(decimals, (text) => {
        expect(exact(valueOf(text))).toBe(exact(text));
      }),
    );
  });

  test('what was read is read as itself', () => {
    fc.assert(
      fc.property(decimals, (text) => {
        expect(valueOf(valueOf(text))).toBe(valueOf(text));
      }),
    );
  });

  test('what was read is an amount of the contract', () => {
    fc.assert(
      fc.property(decimals, (text) => {
        expect(money.safeParse({ amount: valueOf(text), currency: 'USD' }).success).toBe(true);
      }),
    );
  });

  test('zeros before it and after its point make no difference', () => {
    fc.assert(
      fc.property(decimals, fc.nat(5), fc.nat(5), (text, before, after) => {
        const point = text.includes('.') ? '' : '.';
        const written = '0'.repeat(before) + text + (after > 0 ? point + '0'.repeat(after) : '');
        expect(valueOf(written)).toBe(valueOf(text));
      }),
    );
  });

  test('equal amounts have one text, different amounts have two', () => {
    fc.assert(
      fc.property(decimals, decimals, (a, b) => {
        expect(valueOf(a) === valueOf(b)).toBe(exact(a) === exact(b));
      }),
    );
  });
});

test('nothing but digits around at most one point is ever read', () => {
  const nearly = fc.string({ unit: fc.constantFrom(...'0123456789.,-+eE _xN٣５'), maxLength: 12 });
  fc.assert(
    fc.property(fc.oneof(nearly, fc.string({ unit: 'binary' })), (text) => {
      const [whole, fraction, more] = text.split('.');
      const plain = [...`${whole}${fraction ?? ''}`].every((c) => '0123456789'.includes(c));
      const isDecimal = plain && more === undefined && fraction !== '' && text !== '';
      expect(readDecimal(text).ok).toBe(isDecimal);
    }),
    { numRuns: 300 },
  );
});

describe('the contract holds money as text in its shortest form, in an active currency', () => {
  test.each(['0', '7', '12.5', '0.001', '1234567890123456789'])('%s USD is money', (amount) => {
    expect(money.parse({ amount, currency: 'USD' })).toEqual({ amount, currency: 'USD' });
  });

  test.each([
    [{ amount: 12.5, currency: 'USD' }],
    [{ amount: 12n, currency: 'USD' }],
    [{ amount: '12.50', currency: 'USD' }],
    [{ amount: '12.', currency: 'USD' }],
    [{ amount: '.5', currency: 'USD' }],
    [{ amount: '00', currency: 'USD' }],
    [{ amount: '05', currency: 'USD' }],
    [{ amount: '-0', currency: 'USD' }],
    [{ amount: '1e3', currency: 'USD' }],
    [{ amount: '1\n', currency: 'USD' }],
    [{ amount: '', currency: 'USD' }],
    [{ amount: '1', currency: 'usd' }],
    [{ amount: '1', currency: 'XXX' }],
    [{ amount: '1', currency: '' }],
    [{ amount: '1' }],
    [{ amount: '1', currency: 'USD', cents: '100' }],
  ])('%o is not', (value) => {
    expect(money.safeParse(value).success).toBe(false);
  });
});
