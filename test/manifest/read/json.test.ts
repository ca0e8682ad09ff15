import fc from 'fast-check';
import { parse as parseLossless } from 'lossless-json';
import { expect, test } from 'vitest';
import { parseJson } from '../../../services/manifest/read/json.ts';

const outcomeOf = (parse: () => unknown) => {
  try {
    return { json: parse() };
  } catch (error) {
    return { refused: (error as Error).message };
  }
};

const signs = [
  '{',
  '}',
  '[',
  ']',
  ',',
  ':',
  '"',
  '\\',
  ' ',
  '\n',
  '-',
  '+',
  '.',
  'e',
  '0',
  '1',
  '9',
  'u0061',
];
const words = [
  '"a"',
  '"a":',
  '"\\u0061":',
  '"\\\\"',
  '12.50',
  '-0',
  '1e9',
  '007',
  'true',
  'null',
  '"1":{"a":1}',
];

/** Texts that are nearly JSON: values, with pieces put in and taken out. */
const nearlyJson = fc
  .tuple(
    fc.oneof(fc.json({ depthSize: 'small' }), fc.constant('{"a":12.50,"b":[-0,1e5,{"c":"\\"1"}],"d":"x:1"}')),
    fc.array(fc.tuple(fc.nat(), fc.nat(2), fc.constantFrom('', ...signs, ...words)), { maxLength: 4 }),
  )
  .map(([text, changes]) =>
    changes.reduce((changed, [place, taken, put]) => {
      const at = place % (changed.length + 1);
      return changed.slice(0, at) + put + changed.slice(at + taken);
    }, text),
  );

const pieces = fc.array(fc.constantFrom(...signs, ...words), { maxLength: 12 }).map((all) => all.join(''));

test('any text is read, or refused, as by the parser that minds digits and keys', () => {
  fc.assert(
    fc.property(fc.oneof(nearlyJson, pieces), (text) => {
      const careful = outcomeOf(() => parseLossless(text, undefined, { parseNumber: String }));
      expect(
        outcomeOf(() => parseJson(text)),
        text,
      ).toEqual(careful);
    }),
    { numRuns: 2_000 },
  );
});

test.each([
  '{1:2}',
  '{"a":1,2:3}',
  '{1.50 :2}',
  '[01]',
  '[1.]',
  '[.5]',
  '[1 2]',
  '["a"1]',
  '-',
  '[1-2]',
  '[+1]',
])('%s is no JSON, however its numbers are quoted', (text) => {
  expect(() => parseJson(text)).toThrow(SyntaxError);
});
