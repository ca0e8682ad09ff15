import type { ConversionEvent } from '../../contract/event.ts';
import { compile, type Decision, type Partner } from '../compile.ts';
import { exampleRequest, type Example } from '../example.ts';
import type { Manifest } from '../schema.ts';
import { statusEntries } from '../read/statuses.ts';
import { changesOf, withValue } from './exampleParts.ts';
import { wrongSecret } from './wrongSecret.ts';

/** An example to be written: its file's name, and a sentence to begin with. */
export interface DraftExample {
  name: string;
  says: string;
  example: Pick<Example, 'request' | 'expect' | 'now' | 'after'>;
}

type Request = Example['request'];

/**
 * The examples that every partner should have, out of one request: what it becomes, the same again, another status, a word nobody knows,
 * a wrong secret. What each is expected to become is what the manifest makes of it now, for a person to look at.
 */
export function draftExamples(
  manifest: Manifest,
  request: Request,
  isMadeUp = false,
  now?: string,
): DraftExample[] {
  const partner = compile(manifest);
  const decide = (one: Request) => decideExample(partner, one, now);
  const first = decide(request);
  const sent = { name: `${first.is === 'conversions' ? '200-' : '202-'}first-request`, says: isMadeUp ? 'Made up from their macros. Put a real request here when one has come.' : 'The request that this manifest was made from; its secret is not in it.', request, decision: first }; // prettier-ignore
  const kept = first.is === 'conversions' ? sent : readable(manifest, request, decide);
  const drafts = [sent, ...(kept && kept !== sent ? [kept] : [])].map((draft) => drafted(draft, now));
  if (!kept) return [...drafts, ...wrongSecret(manifest, sent, now)];
  return [
    ...drafts,
    { name: '200-repeat', says: `The request of ${kept.name} again: nothing is new in it.`, example: { ...at(now), after: [kept.name], request: { same: kept.name }, expect: { status: '200', outcome: 'repeat' } } }, // prettier-ignore
    ...newStatus(manifest, kept, decide, now),
    ...(first.is === 'quarantined' ? [] : unreadable(manifest, kept, decide, now)),
    ...wrongSecret(manifest, kept, now),
  ];
}

interface Sent {
  name: string;
  says: string;
  request: Request;
  decision: Decision;
}

const at = (now: string | undefined) => (now === undefined ? {} : { now });

function decideExample(partner: Partner, request: Request, now: string | undefined): Decision {
  const secretOf = (name: string) => `example-${name}`;
  const example = { name: 'draft', file: '', request, expect: { status: '200' }, ...at(now) };
  const incoming = exampleRequest(example, partner, secretOf);
  return partner.decide(incoming, (name) => [secretOf(name)], new Date(now ?? '2026-11-24T00:00:00Z'));
}

function drafted({ name, says, request, decision }: Sent, now: string | undefined): DraftExample {
  return { name, says, example: { ...at(now), request, expect: expectation(decision) } };
}

function expectation(decision: Decision): Example['expect'] {
  if (decision.is === 'conversions')
    return { status: '200', outcome: 'kept', events: decision.events.map(shown) };
  if (decision.is === 'quarantined') return { status: '202', outcome: 'quarantined', reasons: decision.record.reasons.map(({ field, why }) => ({ field, why })) }; // prettier-ignore
  return decision.is === 'probe'
    ? { status: '200', outcome: 'probe' }
    : { status: '401', outcome: 'refused' };
}

/** What a person should look at; what is made up of these, or of the moment, is left out. */
function shown({
  version: _v,
  id: _i,
  partner: _p,
  receivedAt: _r,
  via: _via,
  raw: _raw,
  rawIn: _in,
  extra,
  subIds,
  ...event
}: ConversionEvent) {
  return {
    ...event,
    ...(subIds.length > 0 && { subIds }),
    ...(Object.keys(extra).length > 0 && { extra }),
    test: String(event.test),
    verified: String(event.verified),
  };
}

/** A place of ours as the manifest writes it, without its companion. */
function placeOf(manifest: Manifest, field: 'conversionId' | 'status'): string | undefined {
  const value = manifest.fields?.[field];
  const from = typeof value === 'string' ? value : value?.from;
  return from?.split(' ')[0];
}

/** The words that mean a state of a sale; those with a star stand for many. */
const wordsIn = (manifest: Manifest) => statusEntries(manifest.fields?.status ?? {}).filter(([word, ours]) => !word.includes('*') && ours !== 'ignored' && ours !== 'adjusted'); // prettier-ignore

type Decide = (request: Request) => Decision;

function withStatus(manifest: Manifest, request: Request, word: string): Request | undefined {
  const place = placeOf(manifest, 'status');
  return place === undefined ? undefined : withValue(request, place, word, manifest.open);
}

/** The request with a word that is known, where its own is not. */
function readable(manifest: Manifest, request: Request, decide: Decide): Sent | undefined {
  for (const [word, ours] of wordsIn(manifest)) {
    const changed = withStatus(manifest, request, word);
    const decision = changed && decide(changed);
    if (decision?.is === 'conversions') return { name: `200-${ours}-sale`, says: `The same with a status that is known: "${word}".`, request: changed!, decision }; // prettier-ignore
  }
  return undefined;
}

function newStatus(
  manifest: Manifest,
  { name, request, decision }: Sent,
  decide: Decide,
  now: string | undefined,
): DraftExample[] {
  const before = decision.is === 'conversions' ? decision.events[0]?.status : undefined;
  for (const [word, ours] of wordsIn(manifest)) {
    const changed = ours === before ? undefined : withStatus(manifest, request, word);
    if (!changed || decide(changed).is !== 'conversions') continue;
    return [{ name: '200-new-status', says: `The sale of ${name}, now "${word}".`, example: { ...at(now), after: [name], request: { same: name, ...changesOf(request, changed) }, expect: { status: '200', outcome: 'kept' } } }]; // prettier-ignore
  }
  return [];
}

/** A status that nobody knows; where there is none, an id that is none. Not an empty one: signatures may leave out what is empty. */
function unreadable(
  manifest: Manifest,
  { name, request }: Sent,
  decide: Decide,
  now: string | undefined,
): DraftExample[] {
  const id = placeOf(manifest, 'conversionId')!;
  const tries = [
    ['202-unknown-status', 'A word of theirs that stands nowhere: kept aside, mapped, replayed.', withStatus(manifest, request, 'no-such-status')],
    ['202-no-id', 'An id that is none: it would be the id of all their sales.', withValue(request, id, 'true', manifest.open)],
  ] as const; // prettier-ignore
  for (const [file, says, changed] of tries) {
    const decision = changed && decide(changed);
    if (decision?.is === 'quarantined') return [{ name: file, says, example: { ...at(now), request: { same: name, ...changesOf(request, changed!) }, expect: expectation(decision) } }]; // prettier-ignore
  }
  return [];
}
