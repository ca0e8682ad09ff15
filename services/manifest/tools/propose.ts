import { parseManifest, validate } from '../load/load.ts';
import { readTime } from '../../contract/time.ts';
import type { Incoming } from '../read/request.ts';
import { Scope } from '../read/scope.ts';
import { evaluate } from '../read/value.ts';
import { parseExpression } from '../expression.ts';
import type { Manifest } from '../schema.ts';
import { draftExamples, type DraftExample } from './draftExamples.ts';
import { exampleOf, withValue } from './exampleParts.ts';
import { guessFields, type Guess, type Known } from './guess.ts';
import { guessProof, type GuessedProof } from './guessProof.ts';
import { leavesOf, type Leaves } from './leaves.ts';
import { filledIn, isTemplate, pasted } from './template.ts';
import { manifestText } from './write.ts';

export interface Proposal {
  manifest: Manifest;
  /** The manifest as YAML. */
  text: string;
  examples: DraftExample[];
  /** It was made from an address with macros, so that the values in its examples are made up. */
  isMadeUp: boolean;
}

/** What a manifest is proposed for. */
export interface For extends Known {
  id: string;
  name: string;
}

/**
 * Proposes a manifest from one real request, or from an address with their macros, with what it is unsure of under `assumed`. It loads, and
 * decides that request as kept or quarantined. Throws SyntaxError where nothing can be proposed.
 */
export function propose(request: Incoming, { id, name, ...known }: For): Proposal {
  const found = leavesOf(request);
  if (found.leaves.length === 0) throw new SyntaxError('it brings no parameter and no body: there is nothing to learn from it'); // prettier-ignore
  const { each, guess } = guessItems(found, known);
  const proof = guessProof(id, request, found.leaves);
  const unspeakable = found.unspeakable.map((place) => `"${place}" cannot be named by a manifest, so it is not read`); // prettier-ignore
  const isMadeUp = isTemplate(request, found.leaves);
  const manifest: Manifest = {
    id,
    name,
    stage: 'test',
    assumed: [...guess.assumed, ...proof.assumed, ...unspeakable, ...(isMadeUp ? ['no request has been seen yet: the values in the examples are made up'] : [])], // prettier-ignore
    path: proof.path,
    verify: proof.verify,
    ...(found.open !== undefined && { open: found.open }),
    ...(each && { each }),
    fields: guess.fields,
    ...(isMadeUp && { setup: { where: 'where they ask for the postback URL', paste: pasted(request, found.leaves) } }), // prettier-ignore
  };
  const shown = isMadeUp ? filledIn(request, found.leaves, manifest) : request;
  return { ...finish(manifest, shown, proof, isMadeUp), isMadeUp };
}

/** Items without amounts of their own are no sales of their own: each would be paid the whole basket's. */
function guessItems(found: Leaves, known: Known): { each?: Leaves['each']; guess: Guess } {
  const guess = guessFields(found, known);
  const { commission, saleAmount } = guess.fields;
  const amounts = [commission, saleAmount].filter((value) => value !== undefined);
  if (!found.each || amounts.length === 0 || amounts.some((value) => JSON.stringify(value).includes('item.')))
    return { each: found.each, guess };
  const beside = guessFields({ ...found, leaves: found.leaves.filter(({ isInItem }) => !isInItem) }, known);
  beside.assumed.push(`what stands under ${found.each.item} is one sale together: its amounts are not told item by item`); // prettier-ignore
  return { guess: beside };
}

function finish(
  manifest: Manifest,
  request: Incoming,
  proof: GuessedProof,
  isMadeUp: boolean,
): Omit<Proposal, 'isMadeUp'> {
  const says = `Proposed from ${isMadeUp ? 'an address with macros' : 'one request'}. It is a test until a person has looked at it: its sales are shown, never paid.`; // prettier-ignore
  const text = manifestText(withUnsigned(manifest), says);
  const loaded = parseManifest(text, 'the proposal');
  const now = sentAt(loaded, request);
  return {
    manifest: loaded,
    text,
    examples: draftExamples(loaded, firstExample(loaded, request, proof), isMadeUp, now),
  };
}

/** What a signature does not cover must be said, or the manifest does not load: the checker knows which fields those are. */
function withUnsigned(manifest: Manifest): Manifest {
  const result = validate(manifest);
  const list = 'problems' in result ? /unsigned: \[([^\]]+)\]/.exec(result.problems.map(({ message }) => message).join('\n'))?.[1] : undefined; // prettier-ignore
  return list === undefined || Array.isArray(manifest.verify) ? manifest : { ...manifest, verify: { ...manifest.verify, unsigned: list.split(', ') } }; // prettier-ignore
}

function firstExample(manifest: Manifest, request: Incoming, { instead }: GuessedProof) {
  const names = [manifest.verify].flat().flatMap(({ at = '', of = '', sentAt = '' }) => [...`${at} ${of} ${sentAt}`.matchAll(/header\.([\w-]+)/g)].map(([, name]) => name!)); // prettier-ignore
  const written = exampleOf(request, [...new Set(names)]);
  return instead.reduce((example, { place, value, by }) => {
    const header = /^header\.(.+)$/.exec(place)?.[1];
    const before = header === undefined ? '' : (example.headers?.[header] ?? '');
    return withValue(example, place, header === undefined ? by : before.replace(value, by), manifest.open) ?? example; // prettier-ignore
  }, written);
}

/** A signed time belongs to the moment of sending: the example is sent then. */
function sentAt({ verify }: Manifest, request: Incoming): string | undefined {
  const [block] = [verify].flat();
  if (block?.sentAt === undefined) return undefined;
  const text = evaluate(parseExpression(block.sentAt), new Scope(request));
  const time = text.is === 'text' ? readTime(text.text) : undefined;
  return time?.ok ? time.value.replace('.000Z', 'Z') : undefined;
}
