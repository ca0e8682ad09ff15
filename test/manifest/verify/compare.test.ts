import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { sameMac, sameTextAs } from '../../../services/manifest/verify/compare.ts';

const mac = fc.uint8Array({ minLength: 20, maxLength: 64 }).map((bytes) => Buffer.from(bytes));

describe('a signature is the same', () => {
  test('in hex of any case, and in both alphabets of base64 with or without its end', () => {
    fc.assert(
      fc.property(mac, (mac) => {
        const base64 = mac.toString('base64');
        const hex = mac.toString('hex');
        for (const text of [
          hex,
          hex.toUpperCase(),
          base64,
          base64.replace(/=+$/, ''),
          mac.toString('base64url'),
        ])
          expect(sameMac(mac, text), text).toBe(true);
      }),
    );
  });

  test('and in no other text', () => {
    fc.assert(
      fc.property(mac, mac, fc.string(), (one, other, text) => {
        fc.pre(!one.equals(other));
        for (const brought of [other.toString('hex'), other.toString('base64'), text, '', '='])
          expect(sameMac(one, brought), brought).toBe(false);
      }),
    );
  });
});

describe('a text is the same', () => {
  test('as itself alone', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), (a, b) => {
        expect(sameTextAs(a)(a)).toBe(true);
        expect(sameTextAs(a)(b)).toBe(a === b);
      }),
    );
  });

  test.each([
    ['', 'x'],
    ['x', ''],
    ['x', 'x\n'],
    ['x', 'X'],
    ['é', 'e\u0301'],
    ['x', 'x'.repeat(100_000)],
  ])('%j is not %j', (a, b) => {
    expect(sameTextAs(a)(b)).toBe(false);
  });
});
