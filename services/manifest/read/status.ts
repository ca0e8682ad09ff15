import { read, unreadable } from '../../contract/read.ts';
import { parseExpression } from '../expression.ts';
import type { Fields } from '../schema.ts';
import { convertText } from './convert.ts';
import { fail, type Reader } from './fail.ts';
import { assertNeeded, makeReader } from './reader.ts';
import { statusEntries, wordMatcher, type StatusMeaning } from './statuses.ts';

export interface StatusRead {
  meaning: StatusMeaning;
  /** Their own word for it, if they sent one. */
  word?: string;
}

/** A word that stands nowhere is a reason to quarantine; it never becomes "pending". Throws SyntaxError. */
export function compileStatus(words: Fields['status']): Reader<StatusRead> {
  if (!words) return () => fail('status', 'is not mapped by the manifest');
  const fallback = words.default && { meaning: words.default };
  if (words.from === undefined) return () => ({ value: fallback });
  const expression = parseExpression(words.from);
  assertNeeded(expression);
  const meaningOf = wordMatcher(statusEntries(words));
  return makeReader<StatusRead>({
    field: 'status',
    expression,
    optional: false,
    fallback,
    convert: (word) => {
      const text = convertText(word, undefined);
      if (!text.ok) return text;
      const meaning = meaningOf(word);
      return meaning ? read({ meaning, word }) : unreadable('is a word this manifest does not know');
    },
  });
}

/** What marks a test conversion. Where no mark comes it is none. Throws SyntaxError. */
export function compileTest(test: Fields['test']): Reader<boolean> {
  if (!test) return () => ({ value: false });
  const matches = wordMatcher([test.yes].flat().map((word) => [word, true]));
  return makeReader({
    field: 'test',
    expression: parseExpression(test.from),
    optional: true,
    convert: (word) => read(matches(word) === true),
  });
}
