import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseExpression, type Companion } from '../../../services/manifest/expression.ts';
import { Scope } from '../../../services/manifest/read/scope.ts';
import { evaluate, type Take, type Text } from '../../../services/manifest/read/value.ts';
import { request, type Sent } from '../../support/manifest.ts';

const last: Companion = (term) => (/^[A-Z]{3}$/.test(term) ? 'literal' : 'companion');

function evaluated(place: string, sent: Sent | string, take?: Take, companion?: Companion): Text {
  const scope = new Scope(request(typeof sent === 'string' ? { query: sent } : sent));
  return evaluate(parseExpression(place, companion), scope, take);
}

const text = (value: string): Text => ({ is: 'text', text: value });
const notSent: Text = { is: 'absent', sent: false };
const empty = { is: 'absent', sent: true };

describe('a value is what was sent, without the spaces around it', () => {
  test.each([
    ['a', 'a=1', '1'],
    ['a', 'a=+1%20', '1'],
    ['a', 'a=x+y', 'x y'],
    ['a', 'a=0', '0'],
    ['a', 'a=-', '-'],
    ['a', 'a=null', 'null'],
    ['a', 'a=false', 'false'],
    ['a', 'a=%F0%9F%91%9F', '👟'],
    ['a or b', 'a=1&b=2', '1'],
    ['a or b', 'b=2', '2'],
    ['a or b', 'a=&b=2', '2'],
    ['a or b', 'a=%7Bx%7D&b=2', '2'],
    ['a? or b', 'b=2', '2'],
    ['a b', 'a=1&b=2', '1 2'],
    ['a b?', 'a=1', '1'],
    ['a? b', 'b=2', '2'],
    ['a? b?', 'b=2', '2'],
    ['{a}{b}', 'a=1&b=2', '12'],
    ['{a}-{b?}', 'a=1', '1-'],
    ['{a}{b?}', 'a=1&b=', '1'],
    ['x{a}', 'a=1', 'x1'],
  ])('%s of %s is %s', (place, query, value) => {
    expect(evaluated(place, query)).toEqual(text(value));
  });
});

describe('a value is absent', () => {
  test.each<[string, string, object]>([
    ['a', 'b=1', notSent],
    ['a?', 'b=1', notSent],
    ['a or b', 'c=1', notSent],
    ['a', 'a=', empty],
    ['a', 'a', empty],
    ['a', 'a=+%09%0A', empty],
    ['a', 'a=&a=', empty],
    ['a or b', 'a=', empty],
    ['a or b', 'b=', empty],
    ['a b', 'a=1', notSent],
    ['a b', 'b=1', notSent],
    ['a b', 'a=1&b=', empty],
    ['a? b?', '', notSent],
    ['{a}{b}', 'a=1', notSent],
    ['{a}{b}', 'b=1', notSent],
    ['{a}-{b?}', 'b=1', notSent],
    ['{a?}{b?}', 'a=&b=', empty],
  ])('%s of %j', (place, query, absent) => {
    expect(evaluated(place, query)).toMatchObject(absent);
  });

  test('a template of which nothing was sent is not sent', () => {
    expect(evaluated('{a?}{b?}', '')).toEqual(notSent);
  });

  test('a template makes no value out of its own text alone', () => {
    expect(evaluated('{a?}-{b?}', '').is).toBe('absent');
    expect(evaluated('id-{a?}', 'a=').is).toBe('absent');
  });

  test('a part that came empty was sent, though another part was not', () => {
    expect(evaluated('a? b?', 'b=')).toMatchObject(empty);
  });
});

describe('an unfilled macro stands for nothing, in every notation', () => {
  const macros = [
    '{aff_sub}',
    '{aff sub2}',
    '{aff-sub.3}',
    '{{aff_sub}}',
    '[[[aff_sub]]]',
    '!!!aff_sub!!!',
    '#aff_sub#',
    '<aff_sub>',
    '(aff_sub)',
    '${aff_sub}',
    '${(aff_sub)!}',
  ];

  test.each(macros)('%s', (macro) => {
    const absent = { is: 'absent', sent: true, value: macro };
    expect(evaluated('a', `a=${encodeURIComponent(macro)}`)).toEqual(absent);
    expect(evaluated('a', { form: `a=+${encodeURIComponent(macro)}+` })).toEqual(absent);
    expect(evaluated('a', { json: { a: macro } })).toEqual(absent);
  });

  test.each([
    '{',
    '{}',
    '{{}',
    '[[x]]',
    '[x]',
    '!x!',
    '##',
    '<>',
    '()',
    '$x',
    'x{y}',
    '{x}y',
    '(x) y',
    '{"a":1}',
    'a(b)',
  ])('%s is a text', (value) => {
    expect(evaluated('a', `a=${encodeURIComponent(value)}`)).toEqual(text(value));
  });
});

describe('a parameter that comes twice', () => {
  test.each<[string, Take, string | undefined]>([
    ['a=1&a=1', undefined, '1'],
    ['a=1&a=+1', undefined, '1'],
    ['a=1&a=2', 'first', '1'],
    ['a=1&a=2', 'last', '2'],
    ['a=1&a=2&a=1', 'first', '1'],
    ['a=2&a=1&a=2', 'last', '2'],
    ['a=1&a=2', undefined, undefined],
    ['a=&a=2', undefined, undefined],
    ['a=%7Bx%7D&a=2', undefined, undefined],
  ])('%s, take %s: %s', (query, take, value) => {
    expect(evaluated('a', query, take)).toEqual(
      value === undefined
        ? expect.objectContaining({
            is: 'unreadable',
            why: 'a was sent more than once, with different values',
          })
        : text(value),
    );
  });

  test('which values came is told', () => {
    expect(evaluated('a', 'a=1&a=2')).toMatchObject({ value: '1 | 2' });
  });
});

describe('what is unreadable is never passed over for a later place', () => {
  test.each<[string, Sent, string]>([
    ['bad UTF-8', { query: 'a=%FF&b=2' }, 'a is not UTF-8'],
    ['bad UTF-8 beside good', { query: 'a=1&a=%FF&b=2' }, 'a is not UTF-8'],
    ['a NUL', { query: 'a=1%002&b=2' }, 'a holds a NUL or half a character'],
    ['a NUL in JSON', { json: { a: '1\u00002', b: '2' } }, 'a holds a NUL or half a character'],
    ['half a character', { json: '{"a":"\\ud83d","b":"2"}' }, 'a holds a NUL or half a character'],
    ['the other half', { json: '{"a":"x\\udc5f","b":"2"}' }, 'a holds a NUL or half a character'],
    ['an object', { json: { a: { x: '1' }, b: '2' } }, 'a is a structure, not a single value'],
    ['a list', { json: { a: ['1'], b: '2' } }, 'a is a structure, not a single value'],
    ['an empty list', { json: { a: [], b: '2' } }, 'a is a structure, not a single value'],
    ['two values', { form: 'a=1&a=2&b=2' }, 'a was sent more than once, with different values'],
  ])('%s', (_, sent, why) => {
    for (const place of ['a', 'a or b', 'a?', 'a? b', '{a?}{b}'])
      expect(evaluated(place, sent), place).toMatchObject({ is: 'unreadable', why });
  });

  test('both halves of a character are a character', () => {
    expect(evaluated('a', { json: '{"a":"\\ud83d\\udc5f"}' })).toEqual(text('👟'));
  });
});

describe('a value and its companion', () => {
  test.each<[string, string, object]>([
    ['a USD', 'a=1', { is: 'text', text: '1', companion: 'USD' }],
    ['a b', 'a=1&b=MYR', { is: 'text', text: '1', companion: 'MYR' }],
    ['a USD or b c', 'b=1&c=MYR', { is: 'text', text: '1', companion: 'MYR' }],
    ['a b', 'b=MYR', { is: 'absent', sent: false }],
    ['a? b', 'a=&b=MYR', { is: 'absent', sent: true }],
    ['a b', 'a=1', { is: 'unreadable', why: 'came without b', value: '1' }],
    ['a b', 'a=1&b=', { is: 'unreadable', why: 'came without b', value: '1' }],
    ['a b', 'a=1&b=%7Bcur%7D', { is: 'unreadable', why: 'came without b', value: '1' }],
    ['a b?', 'a=1', { is: 'unreadable', why: 'came without b', value: '1' }],
    ['a b', 'a=1&b=X&b=Y', { is: 'unreadable', why: 'b was sent more than once, with different values' }],
  ])('%s of %s', (place, query, expected) => {
    expect(evaluated(place, query, undefined, last)).toMatchObject(expected);
  });
});

test('any text that can be kept is read as itself, from query, form and JSON alike', () => {
  const sendable = fc
    .string({ unit: 'grapheme', minLength: 1 })
    .filter((value) => value.trim() !== '' && !/[\u0000{}[\]!#<>()$]/.test(value));
  fc.assert(
    fc.property(sendable, (value) => {
      const encoded = encodeURIComponent(value);
      for (const sent of [{ query: `a=${encoded}` }, { form: `a=${encoded}` }, { json: { a: value } }])
        expect(evaluated('a', sent)).toEqual(text(value.trim()));
    }),
  );
});

test('no text is evaluated to one that holds a NUL or half a character, or is empty', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), fc.string({ unit: 'binary' }), (a, b) => {
      const evaluation = evaluated('{a?}{b?}', { json: { a, b } });
      if (evaluation.is !== 'text') return;
      expect(evaluation.text.isWellFormed() && !evaluation.text.includes('\u0000')).toBe(true);
      expect(evaluation.text).not.toBe('');
    }),
    { numRuns: 150 },
  );
});
