import { describe, expect, it } from 'vitest';
import { manifestSchema } from '../../services/manifest/schema.ts';
import { chapters } from '../../services/manifest/words/chapters.ts';
import { wordsOf } from '../../services/manifest/words/words.ts';
import { outcomeOf } from '../support/words.ts';

const words = wordsOf(manifestSchema).map(({ word }) => word);
const shown = chapters().flatMap((chapter) => Object.keys(chapter.words));

it('every word of the language has an example, once, and no example has another word', () => {
  expect(shown.toSorted()).toEqual(words.toSorted());
});

describe.each(chapters())('$title', ({ words: examples }) => {
  it.each(Object.entries(examples))('%s', async (word, example) => {
    const last = word.split('.').at(-1)!;
    expect(example.say, 'an example shows its word').toContain(last === '*' ? '' : last);
    const { ...all } = await outcomeOf(example);
    const expected = Object.entries(example.we);
    expect(Object.fromEntries(expected.map(([name]) => [name, all[name] ?? 'nothing']))).toEqual(example.we);
  });
});
