import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  allReferences,
  parseExpression,
  parseTemplate,
  type Companion,
  type Expression,
} from '../../services/manifest/expression.ts';

const ref = (name: string, optional = false) => ({ name, optional });

describe('a place says where a value is', () => {
  test.each<[string, Expression]>([
    ['id', [{ main: [[ref('id')]] }]],
    ['id?', [{ main: [[ref('id', true)]] }]],
    ['header.x-id', [{ main: [[ref('header.x-id')]] }]],
    ['data.orders.0.id', [{ main: [[ref('data.orders.0.id')]] }]],
    ['a or b', [{ main: [[ref('a')]] }, { main: [[ref('b')]] }]],
    ['a  or\tb or c?', [{ main: [[ref('a')]] }, { main: [[ref('b')]] }, { main: [[ref('c', true)]] }]],
    ['first last?', [{ main: [[ref('first')], [ref('last', true)]] }]],
    ['{a}-{b?}', [{ main: [[ref('a'), '-', ref('b', true)]] }]],
    ['{a}{b}', [{ main: [[ref('a'), ref('b')]] }]],
    ['pre{a}post', [{ main: [['pre', ref('a'), 'post']] }]],
    ['{a} {b} or c', [{ main: [[ref('a')], [ref('b')]] }, { main: [[ref('c')]] }]],
    [' id ', [{ main: [[ref('id')]] }]],
    ['order', [{ main: [[ref('order')]] }]],
    ['floor or door', [{ main: [[ref('floor')]] }, { main: [[ref('door')]] }]],
    ['größe', [{ main: [[ref('größe')]] }]],
    ['sub-id[0]', [{ main: [[ref('sub-id[0]')]] }]],
  ])('%j', (text, expression) => {
    expect(parseExpression(text)).toEqual(expression);
  });
});

describe('its last term may be a companion', () => {
  const upper: Companion = (last) => (last === 'USD' ? 'literal' : 'companion');

  test.each<[string, Expression]>([
    ['payout USD', [{ main: [[ref('payout')]], companion: ['USD'] }]],
    ['payout currency', [{ main: [[ref('payout')]], companion: [ref('currency')] }]],
    ['payout? currency?', [{ main: [[ref('payout', true)]], companion: [ref('currency', true)] }]],
    [
      'a USD or b currency',
      [
        { main: [[ref('a')]], companion: ['USD'] },
        { main: [[ref('b')]], companion: [ref('currency')] },
      ],
    ],
    ['date time USD', [{ main: [[ref('date')], [ref('time')]], companion: ['USD'] }]],
    ['payout {cur}X', [{ main: [[ref('payout')]], companion: [ref('cur'), 'X'] }]],
  ])('%j', (text, expression) => {
    expect(parseExpression(text, upper)).toEqual(expression);
  });

  test.each(['payout', 'USD'])('but a term alone (%s) is the value itself', (text) => {
    expect(parseExpression(text, upper)).toEqual([{ main: [[ref(text)]] }]);
  });
});

describe('what is no place is said in a sentence', () => {
  test.each([
    ['', '"": a place is missing beside "or"'],
    ['  ', '"  ": a place is missing beside "or"'],
    ['or', '"or": a place is missing beside "or"'],
    ['a or', '"a or": a place is missing beside "or"'],
    ['or a', '"or a": a place is missing beside "or"'],
    ['a or or b', '"a or or b": a place is missing beside "or"'],
    ['?', '"?" is not a parameter\'s name'],
    ['a??', '"a??" is not a parameter\'s name'],
    ['a?b', '"a?b" is not a parameter\'s name'],
    ['*', '"*" is not a parameter\'s name'],
    ['sub_*', '"sub_*" is not a parameter\'s name'],
    ['{}', '"" is not a parameter\'s name'],
    ['{?}', '"?" is not a parameter\'s name'],
    ['{a', '"{a": a brace is not closed'],
    ['{a}}', '"{a}}": a brace is not closed'],
    ['{{a}}', '"{{a}}": a brace is not closed'],
    ['{a b}', '"{a": a brace is not closed'],
    ['a}', '"a}" is not a parameter\'s name'],
  ])('%j: %s', (text, message) => {
    expect(() => parseExpression(text)).toThrow(new SyntaxError(message));
  });
});

test('a template keeps its spaces, and is text and references in a row', () => {
  expect(parseTemplate('{header.t}.{body}, v1 {x?}')).toEqual([
    ref('header.t'),
    '.',
    ref('body'),
    ', v1 ',
    ref('x', true),
  ]);
});

test('all references are found, companions too', () => {
  const expression = parseExpression('{a}-{b?} cur or c USD', (last) =>
    last === 'USD' ? 'literal' : 'companion',
  );
  expect(allReferences(expression)).toEqual([ref('a'), ref('b', true), ref('cur'), ref('c')]);
});

const name = fc.stringMatching(/^[a-z][a-z0-9_.-]{0,8}$/).filter((text) => text !== 'or');

test('every list of names is read back in order', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(name, fc.boolean()), { minLength: 1, maxLength: 5 }), (names) => {
      const text = names.map(([n, optional]) => (optional ? `${n}?` : n)).join(' or ');
      expect(allReferences(parseExpression(text))).toEqual(names.map(([n, optional]) => ref(n, optional)));
    }),
  );
});

test('any text is a place or a SyntaxError, never anything else', () => {
  const text = fc.oneof(
    fc.string(),
    fc.string({ unit: fc.constantFrom('a', ' ', 'or', ' or ', '{', '}', '?', '*') }),
  );
  fc.assert(
    fc.property(text, (text) => {
      try {
        expect(parseExpression(text).length).toBeGreaterThan(0);
      } catch (error) {
        expect(error).toBeInstanceOf(SyntaxError);
      }
    }),
  );
});
