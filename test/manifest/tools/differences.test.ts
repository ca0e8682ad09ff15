import { expect, it } from 'vitest';
import { differences } from '../../../services/manifest/tools/differences.ts';

it.each<[string, unknown, unknown, string[]]>([
  ['another text', { a: '1' }, { a: 2 }, ['a | a: expected "1", got 2']],
  ['nothing', { a: { b: 'x' } }, {}, ['a.b | a.b: expected "x", got nothing']],
  ['fewer items', { a: [{}, {}] }, { a: [{}] }, ['a | a: expected 2, got 1']],
  ['other texts', { a: ['x', 'y'] }, { a: ['x'] }, ['a | a: expected ["x","y"], got ["x"]']],
  ['within an item', { a: [{ b: '1' }, { b: '2' }] }, { a: [{ b: '1' }, { b: '3' }] }, ['a.1.b | a.1.b: expected "2", got "3"']],
  ['a structure instead of a text', { a: '1' }, { a: { b: 1 } }, ['a | a: expected "1", got {"b":1}']],
  ['an amount as people write it', { a: '1.2 USD', b: '1.2 USD' }, { a: { amount: '1.2', currency: 'USD' }, b: { amount: '1.3', currency: 'USD' } }, ['b | b: expected "1.2 USD", got "1.3 USD"']],
  ['the outermost key is not told', { expect: { status: '200' } }, { expect: { status: 202 } }, ['expect.status | status: expected "200", got 202']],
  ['numbers and yeses are compared as texts', { a: '1', b: 'true', c: [] }, { a: 1, b: true, c: [], d: 4 }, []],
])('%s', (_, expected, actual, problems) => {
  expect(differences(expected, actual).map(({ path, message }) => `${path.join('.')} | ${message}`)).toEqual(problems);
}); // prettier-ignore
