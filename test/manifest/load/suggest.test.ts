import { describe, expect, test } from 'vitest';
import { nearest } from '../../../services/manifest/load/suggest.ts';

const words = [
  'id',
  'name',
  'docs',
  'fields',
  'saleAmount',
  'commission',
  'clickId',
  'clickedAt',
  'until',
  'publisherRef',
];

describe('the word that was probably meant', () => {
  test.each([
    ['saleAmout', 'saleAmount'],
    ['saleamount', 'saleAmount'],
    ['sale_amount', 'saleAmount'],
    ['feilds', 'fields'],
    ['unitl', 'until'],
    ['commisison', 'commission'],
    ['Fields', 'fields'],
    ['comission', 'commission'],
    ['clickid', 'clickId'],
    ['publisherref', 'publisherRef'],
    ['ids', 'id'],
  ])('%s: %s', (word, meant) => {
    expect(nearest(word, words)).toBe(meant);
  });

  test.each(['', 'x', 'zzzzzz', 'amount', 'sale', 'constructor'])('none is near %j', (word) => {
    expect(nearest(word, words)).toBeUndefined();
  });

  test('is the nearest of several', () => {
    expect(nearest('clickI', ['clickedAt', 'clickId', 'click'])).toBe('clickId');
  });
});
