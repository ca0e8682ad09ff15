import type { Manifest, Value } from '../schema.ts';
import { guessAmounts } from './guessAmount.ts';
import { guessStatus } from './guessStatus.ts';
import type { Leaf, Leaves } from './leaves.ts';
import { guessedFields, isCurrencyName, isSecretName, isSignatureName, isSubIdName, isTestName, squeezed, usualNames, type GuessedField } from './names.ts'; // prettier-ignore
import { looksLikeId, looksLikeText, looksLikeTime, timeWriting } from './shapes.ts';

/** What the user knows better than any guess. */
export interface Known {
  /** The currency of amounts that name none. */
  currency?: string | undefined;
  /** The zone of times that name none. */
  zone?: string | undefined;
}

export interface Guess {
  fields: NonNullable<Manifest['fields']>;
  /** What it is unsure of, in sentences for whoever asks the partner. */
  assumed: string[];
}

/** Guesses by names and values which of our fields each value is. Throws SyntaxError where nothing could be the id of a sale. */
export function guessFields({ leaves }: Leaves, known: Known): Guess {
  const guess: Guess = { fields: {}, assumed: [] };
  const free = new Set(leaves.filter(({ names }) => !names.some((name) => isSecretName(name) || isSignatureName(name)))); // prettier-ignore
  const status = guessStatus([...free]);
  free.delete(status.leaf!);
  guessAmounts(guess, free, leaves, known);
  for (const field of guessedFields) {
    const leaf = find(field, free, guess);
    if (leaf) guess.fields[field] = times.includes(field) ? timeValue(guess, field, leaf, known) : leaf.place;
    // An order's id may be the sale's, and a line's the product's.
    if (leaf && !['conversionId', 'lineId'].includes(field)) free.delete(leaf);
  }
  if (guess.fields.conversionId === undefined) guessId(guess, free);
  dropEchoes(guess);
  guessSubIds(guess, leaves);
  guessTest(guess, leaves);
  guess.fields.status = status.words;
  guess.assumed.push(...status.assumed, ...unread(guess, leaves));
  return guess;
}

const times: GuessedField[] = ['occurredAt', 'clickedAt', 'updatedAt'];
const ofItems: GuessedField[] = ['lineId', 'productId', 'productName', 'quantity'];
const ids: GuessedField[] = ['conversionId', 'lineId', 'orderId', 'clickId', 'offerId', 'productId'];

/** The leaf that is called like a field and looks like one; what is said of an item is looked for in the items first, all else last. */
function find(field: GuessedField, free: Set<Leaf>, { fields }: Guess): Leaf | undefined {
  const fits = ids.includes(field) ? looksLikeId : times.includes(field) ? looksLikeTime : looksLikeText;
  const candidates = [...free].filter((leaf) => fits(leaf.value) && !isMessageId(leaf, free));
  const [inItems, beside] = [candidates.filter(({ isInItem }) => isInItem), candidates.filter(({ isInItem }) => !isInItem)]; // prettier-ignore
  if (field === 'lineId') return named(field, inItems.filter(({ place }) => place !== fields.conversionId)); // prettier-ignore
  if (ofItems.includes(field)) return named(field, inItems) ?? named(field, beside);
  return named(field, beside) ?? named(field, inItems);
}

/** The envelope of a webhook has an id that is new with each message; what the message is about has its own, inside. */
const isMessageId = ({ place }: Leaf, all: Iterable<Leaf>) =>
  /^(event[_.]?|message[_.]?|notification[_.]?|webhook[_.]?|delivery[_.]?|request[_.]?)?id$/i.test(place) &&
  [...all].some((leaf) => leaf.place !== place && /^(data|object|payload|resource|entity|record)(\.object)?\.id$/i.test(leaf.place)); // prettier-ignore

function named(field: GuessedField, leaves: Leaf[]): Leaf | undefined {
  for (const name of usualNames(field)) {
    const leaf = leaves.find(({ names }) => names.some((own) => squeezed(own) === name));
    if (leaf) return leaf;
  }
  return undefined;
}

function timeValue({ assumed }: Guess, field: string, { place, value }: Leaf, { zone }: Known): Value {
  const { as, needsZone, or } = timeWriting(value) ?? { needsZone: true };
  if (needsZone && zone === undefined) assumed.push(`${field}: ${place} names no zone, so it is read as UTC`);
  if (or !== undefined) assumed.push(`${field}: ${place} is written as ${as}; it could be ${or}, too`);
  const from = needsZone ? `${place} ${zone ?? 'UTC'}` : place;
  return as === undefined ? from : { from, as };
}

/** No name says it: the value that looks most like an id, which only a person can confirm. */
function guessId({ fields, assumed }: Guess, free: Set<Leaf>): void {
  const rank = ({ value }: Leaf) => (/^[\w-]*\d[\w-]*$/.test(value) ? value.length : 0);
  const [best] = [...free].filter((leaf) => rank(leaf) >= 4 && !leaf.names.some(isSubIdName)).toSorted((a, b) => rank(b) - rank(a)); // prettier-ignore
  if (!best) throw new SyntaxError('nothing in it looks like the id of a sale, without which two sales are one: ask them for a macro or a key that holds it'); // prettier-ignore
  fields.conversionId = best.place;
  assumed.push(`${best.place} is the id of a sale: nothing is called so, and it looks most like one`);
}

/** An order id that already is the sale's id says nothing more; without a sale's own id the order's is one. */
function dropEchoes({ fields, assumed }: Guess): void {
  const { orderId } = fields;
  if (typeof orderId === 'string' && orderId === fields.conversionId) {
    delete fields.orderId;
    assumed.push(`${orderId} is one sale and stays the same when its status changes`);
  }
  if (fields.lineId !== undefined && fields.productId === fields.lineId) delete fields.productId;
}

/** Sub ids come back as our links sent them: the first one names the publisher, unless a person knows better. */
function guessSubIds({ fields, assumed }: Guess, leaves: Leaf[]): void {
  const places = leaves.filter(({ names }) => names.some(isSubIdName)).map(({ place }) => place);
  if (places.length === 0) return;
  fields.subIds = places;
  fields.publisherRef = places[0]!;
  assumed.push(`${places[0]} names the publisher`);
}

function guessTest({ fields }: Guess, leaves: Leaf[]): void {
  const leaf = leaves.find(({ names, value }) => names.some(isTestName) && /^(0|1|true|false|yes|no|)$/i.test(value)); // prettier-ignore
  if (leaf) fields.test = { from: leaf.place, yes: ['1', 'true', 'yes'] };
}

/** What nobody reads is said once, so that a person can look at it. */
function unread({ fields }: Guess, leaves: Leaf[]): string[] {
  const text = JSON.stringify(fields);
  const rest = leaves.filter(({ place, names }) => !isRead(text, place) && !names.some((name) => isSecretName(name) || isSignatureName(name) || isCurrencyName(name))); // prettier-ignore
  if (rest.length === 0) return [];
  return [`nothing reads ${rest.map(({ place }) => place).join(', ')}`];
}

const isRead = (text: string, place: string) =>
  new RegExp(`["\\s]${place.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&')}["\\s?]`).test(text);
