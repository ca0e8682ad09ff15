import { describe, expect, test } from 'vitest';
import { addressMatcher } from '../../../services/manifest/verify/addresses.ts';

describe('an address is in a range', () => {
  test.each([
    ['198.51.100.0/24', '198.51.100.0', true],
    ['198.51.100.0/24', '198.51.100.255', true],
    ['198.51.100.0/24', '198.51.99.255', false],
    ['198.51.100.0/24', '198.51.101.0', false],
    ['198.51.100.7', '198.51.100.7', true],
    ['198.51.100.7', '198.51.100.8', false],
    ['198.51.100.7/32', '198.51.100.7', true],
    ['0.0.0.0/0', '192.0.2.1', true],
    ['0.0.0.0/0', '2001:db8::1', false],
    ['2001:db8::/32', '2001:db8:ffff::1', true],
    ['2001:db8::/32', '2001:db9::1', false],
    ['2001:db8::1', '2001:0DB8:0:0:0:0:0:1', true],
    ['::/0', '192.0.2.1', false],
    ['198.51.100.0/24', '::ffff:198.51.100.7', true],
    ['198.51.100.0/24', '::ffff:192.0.2.1', false],
    ['198.51.100.0/24', '198.51.100', false],
    ['198.51.100.0/24', '', false],
    ['198.51.100.0/24', 'localhost', false],
    ['198.51.100.0/24', '198.51.100.7, 192.0.2.1', false],
    ['198.51.100.0/24', '198.51.100.7:443', false],
  ])('%s: %j: %s', (range, address, expected) => {
    expect(addressMatcher([range])(address)).toBe(expected);
  });

  test('in one of several', () => {
    const matches = addressMatcher(['198.51.100.0/24', '2001:db8::/32']);
    expect(['198.51.100.1', '2001:db8::1', '192.0.2.1'].map(matches)).toEqual([true, true, false]);
  });

  test('an unknown one is in none', () => {
    expect(addressMatcher(['0.0.0.0/0'])(undefined)).toBe(false);
  });

  test('in no list at all is none, in an undefined one every', () => {
    expect(addressMatcher([])('198.51.100.1')).toBe(false);
    expect(addressMatcher(undefined)(undefined)).toBe(true);
  });
});

test.each([
  '198.51.100.0/33',
  '198.51.100.0/-1',
  '198.51.100.256',
  '2001:db8::/129',
  'example.com',
  '*',
  '10.0.0.0-10.0.0.9',
  '10',
  '10.1',
  '0x0a.0.0.1',
])('%s is no range, and says so', (range) => {
  expect(() => addressMatcher([range])).toThrow(
    new SyntaxError(`"${range}" is not an address range such as 198.51.100.0/24`),
  );
});
