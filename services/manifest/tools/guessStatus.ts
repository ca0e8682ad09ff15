import type { Manifest } from '../schema.ts';
import type { Status } from '../../contract/status.ts';
import { isNothing } from '../read/value.ts';
import type { Leaf } from './leaves.ts';
import { squeezed, statusNames } from './names.ts';
import { looksLikeStatus, statusMeaning } from './shapes.ts';

interface GuessedStatus {
  words: NonNullable<NonNullable<Manifest['fields']>['status']>;
  leaf?: Leaf;
  assumed: string[];
}

/**
 * Guesses where their status stands and what its word means. A word that does not say what it means is mapped nowhere: the request is
 * put aside until somebody has asked.
 */
export function guessStatus(leaves: Leaf[]): GuessedStatus {
  const leaf = find(leaves);
  if (!leaf)
    return {
      words: { default: 'pending' },
      assumed: ['no status is sent: every sale is pending until a report of theirs says more'],
    };
  const { place, value } = leaf;
  if (isNothing(value)) return { leaf, words: { from: place, ...usualWords() }, assumed: [`${place}: their words are the usual ones; none was seen`] }; // prettier-ignore
  const meaning = statusMeaning(value);
  if (meaning === undefined)
    return { leaf, words: { from: place, ...usualWords() }, assumed: [`${place}: what "${value}" means; until it stands under one of our words such requests are quarantined`] }; // prettier-ignore
  return known(leaf, meaning);
}

/** A name that is a status's, with a value whose meaning is plain, comes before one without. */
function find(leaves: Leaf[]): Leaf | undefined {
  const named = statusNames.flatMap((name) => leaves.filter(({ names, value }) => looksLikeStatus(value) && names.some((own) => squeezed(own) === name))); // prettier-ignore
  return named.find(({ value }) => statusMeaning(value) !== undefined) ?? named.find(({ names }) => names.some((name) => !/^(event|type|action)$/.test(squeezed(name)))) ?? named[0]; // prettier-ignore
}

const usualStatuses = ['pending', 'approved', 'rejected'] as const;
const usualWords = (): Partial<Record<Status, string>> => Object.fromEntries(usualStatuses.map((word) => [word, word])); // prettier-ignore

/** Beside the word that was seen the usual ones, where it is one of those: another word of theirs is quarantined anyway. */
function known(leaf: Leaf, meaning: Status): GuessedStatus {
  const { place, value } = leaf;
  const isPlain = /^[a-z]+$/i.test(value);
  const words: GuessedStatus['words'] = { from: place };
  for (const ours of usualStatuses) if (isPlain && ours !== meaning) words[ours] = ours;
  words[meaning] = value;
  const others = isPlain ? 'the others are the usual ones' : 'the others are not known yet';
  return { leaf, words, assumed: [`${place}: of their words only "${value}" was seen; ${others}`] };
}
