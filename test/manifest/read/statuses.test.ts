import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { foldWord, statusEntries, wordMatcher } from '../../../services/manifest/read/statuses.ts';

const match = (entries: [string, string][], word: string) => wordMatcher(entries)(word);

describe('case, spaces, hyphens and underscores make no difference', () => {
  test.each([
    ['Yet to Consume', 'yet_to_consume'],
    ['Yet to Consume', 'YET-TO-CONSUME'],
    ['Yet to Consume', '  yet   to  consume '],
    ['on_hold', 'On Hold'],
    ['APPROVED', 'approved'],
    ['-1', '-1'],
    ['0', ' 0 '],
  ])('%s is %j', (theirs, sent) => {
    expect(match([[theirs, 'yes']], sent)).toBe('yes');
  });
});

describe('everything else does', () => {
  test.each([
    ['1', '-1'],
    ['-1', '1'],
    ['1', '01'],
    ['1', '1.0'],
    ['yet to consume', 'yet to consumed'],
    ['paid', 'unpaid'],
    ['approved', 'approved!'],
    ['onhold', 'on hold'],
    ['approved', ''],
    ['approved', 'approve'],
  ])('%s is not %j', (theirs, sent) => {
    expect(match([[theirs, 'yes']], sent)).toBeUndefined();
  });
});

describe('a star ends a word', () => {
  const entries: [string, string][] = [
    ['on_rebill_*', 'any rebill'],
    ['on_rebill_resumed', 'resumed'],
    ['on_*', 'any'],
  ];

  test.each([
    ['on_rebill_resumed', 'resumed'],
    ['ON REBILL RESUMED', 'resumed'],
    ['on_rebill_cancelled', 'any rebill'],
    ['on-rebill-x', 'any rebill'],
    ['on_payment', 'any'],
  ])('%s: the exact word wins, then the longest beginning: %s', (word, meaning) => {
    expect(match(entries, word)).toBe(meaning);
    expect(match(entries.toReversed(), word)).toBe(meaning);
  });

  test.each(['payment', 'o', 'xon_payment', ''])('%j begins with none of them', (word) => {
    expect(match(entries, word)).toBeUndefined();
  });

  test('alone it stands for every word', () => {
    expect([match([['*', 'all']], 'x'), match([['*', 'all']], '-1')]).toEqual(['all', 'all']);
  });

  test.each([
    ['test_1', 'test'],
    ['TEST_abc', 'test'],
    ['test-1', 'test'],
    ['tester1', undefined],
    ['test1', undefined],
    ['testimonial', undefined],
  ])('what stands before the star counts to its last sign: test_* and %s', (word, meaning) => {
    expect(match([['test_*', 'test']], word)).toBe(meaning);
  });

  test.each(['_*', ' *', '_-_*'])('separators alone begin no word: %j', (beginning) => {
    for (const word of ['approved', '1', '-1', '']) expect(match([[beginning, 'any']], word)).toBeUndefined();
  });

  test('a minus before it counts too', () => {
    expect([match([['-*', 'minus']], '-7'), match([['-*', 'minus']], '7')]).toEqual(['minus', undefined]);
  });
});

test.each(['constructor', '__proto__', 'toString', 'hasOwnProperty'])(
  '%s is a word like any other: nobody knows it',
  (word) => {
    expect(match([['approved', 'yes']], word)).toBeUndefined();
  },
);

test('a folded word is folded as itself', () => {
  const word = fc.string({ unit: fc.constantFrom('a', 'B', '-', '_', ' ', '\t', '1', 'ß', 'İ') });
  fc.assert(
    fc.property(word, (word) => {
      expect(foldWord(foldWord(word))).toBe(foldWord(word));
    }),
  );
});

test('every word of theirs is listed under ours, ignored ones too', () => {
  expect(
    statusEntries({ from: 'status', approved: ['A', 'B'], paid: 'C', ignored: 'ping', default: 'pending' }),
  ).toEqual([
    ['A', 'approved'],
    ['B', 'approved'],
    ['C', 'paid'],
    ['ping', 'ignored'],
  ]);
});
