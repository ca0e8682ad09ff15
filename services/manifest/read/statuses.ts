import { status, type Status } from '../../contract/status.ts';
import type { Fields } from '../schema.ts';

type StatusWords = NonNullable<Fields['status']>;
export type StatusMeaning = Status | 'ignored';

/** Case, spaces, hyphens and underscores make no difference between status words; a leading minus does: -1 is not 1. */
export function foldWord(word: string): string {
  const [, minus, rest] = /^(-?)(.*)$/s.exec(word.trim().toLowerCase())!;
  return minus! + rest!.replace(/[\s_-]+/g, ' ').trim();
}

/** A beginning keeps its last separator: `test_*` is test_1 and TEST-1, never tester1. */
export const foldBeginning = (word: string) => foldWord(word) + (/[^\s_-][\s_-]+$/.test(word) ? ' ' : '');

/** Folded, separators alone are nothing, and every word begins with nothing: only a lone `*` may mean that. */
export const beginsNoWord = (word: string) => /^[\s_-]+\*$/.test(word) && foldWord(word.slice(0, -1)) === '';

/** A matcher for a list of words of which some end in `*`: the exact word wins, then the longest beginning. */
export function wordMatcher<T>(entries: [word: string, meaning: T][]): (word: string) => T | undefined {
  const exact = new Map<string, T>();
  const beginnings: [string, T][] = [];
  for (const [word, meaning] of entries) {
    if (beginsNoWord(word)) continue;
    if (word.endsWith('*')) beginnings.push([foldBeginning(word.slice(0, -1)), meaning]);
    else exact.set(foldWord(word), meaning);
  }
  beginnings.sort(([a], [b]) => b.length - a.length);
  const match = (word: string) => {
    const folded = foldWord(word);
    return exact.get(folded) ?? beginnings.find(([beginning]) => folded.startsWith(beginning))?.[1];
  };
  // Nearly always a word comes just as the manifest has it, which saves folding it.
  const asWritten = new Map(entries.map(([word]) => [word, match(word)]));
  return (word) => asWritten.get(word) ?? match(word);
}

/** Every word of theirs with what it means in ours. */
export function statusEntries(words: StatusWords): [string, StatusMeaning][] {
  return [...status.options, 'ignored' as const].flatMap((ours) =>
    [words[ours] ?? []].flat().map((theirs): [string, StatusMeaning] => [theirs, ours]),
  );
}
