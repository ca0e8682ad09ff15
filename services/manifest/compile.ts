import type { RawRequest } from '../contract/raw.ts';
import { compileAnswers, type Answers } from './answers.ts';
import {
  compileEvents,
  identityProblems,
  quarantine,
  refuse,
  secretsIn,
  type Decision,
  type Head,
} from './decision.ts';
import { parseDuration } from './duration.ts';
import { hider } from './hide.ts';
import { compileHide, compileMask } from './mask.ts';
import { compilePath } from './path.ts';
import { incomingOf } from './recorded.ts';
import { compileOpen, compileReopen } from './open.ts';
import { compileReading } from './read/reading.ts';
import { compileMentions, type Mention } from './read/mentions.ts';
import type { Incoming } from './read/request.ts';
import { Scope } from './read/scope.ts';
import type { Manifest } from './schema.ts';
import { publicKeysOf, type PublicKeys } from './verify/keyCheck.ts';
import type { LiveSecrets } from './verify/proof.ts';
import { compileVerify, type Verdict } from './verify/verify.ts';

export { carryRaw, type Decision } from './decision.ts';

/** A manifest made ready: everything that does not depend on the request is decided once, here. */
export interface Partner {
  id: string;
  manifest: Manifest;
  /** Names of the secrets its verification needs. */
  secretNames: string[];
  /** Where its public keys are to be had. `decide` asks for the text that stands there as for a secret, by the address. */
  publicKeys: PublicKeys[];
  /** Milliseconds in which the same report counts as a late retry, where no update time is sent. */
  repeatWindow: number;
  /** Whether what nothing proves is paid before their report confirms it. */
  paysUnverified: boolean;
  /** Milliseconds in which the partner must have an answer. */
  answerWithin: number;
  /** Bytes of the largest body accepted. */
  maxBody: number;
  /** What it is answered instead of the usual, by outcome. */
  answers: Answers;
  /** Whether this is one of the partner's URLs. */
  owns: (path: string) => boolean;
  decide(request: Incoming, secrets: LiveSecrets, now: Date): Decision;
  /**
   * Reads a recorded request again, as a mended manifest may. The verdict of its verification stands as it was: its secrets are masked.
   * Reading it twice makes the same ids. What came encrypted is opened again with `secrets`.
   */
  reread(raw: RawRequest, verdict: Verdict, receivedAt: Date, secrets?: LiveSecrets): Decision;
  /** Which sales a recorded request names, one for each of its items, as far as they can be read: it may be one that cannot be. */
  mentions(raw: RawRequest, receivedAt: Date, secrets?: LiveSecrets): Mention[];
  /** The request without its secrets, for records and the journal. */
  mask(request: Incoming, secrets: LiveSecrets): RawRequest;
}

/** The secrets that partners need, each with whose it is. */
export const secretsOf = (partners: readonly Partner[]) =>
  partners.flatMap(({ id, secretNames }) => secretNames.map((name) => ({ partner: id, name })));

/** Where partners publish their public keys, each with whose they are. */
export const keysOf = (partners: readonly Partner[]) =>
  partners.flatMap(({ id, publicKeys }) => publicKeys.map((keys) => ({ partner: id, ...keys })));

/** Compiles a manifest that the schema has accepted. Throws SyntaxError where one of its texts makes no sense. */
export function compile(manifest: Manifest): Partner {
  const match = compilePath(manifest.path);
  const masked = compileMask(manifest);
  const secretNames = [...new Set([manifest.verify].flat().flatMap(({ secret }) => secret ?? []))];
  const mask = (request: Incoming, secrets: LiveSecrets) => masked(request, secretNames.flatMap(secrets));
  return {
    id: manifest.id,
    manifest,
    secretNames,
    publicKeys: publicKeysOf(manifest),
    repeatWindow: parseDuration(manifest.repeat?.window ?? '1h'),
    paysUnverified: manifest.hints === 'paid',
    answerWithin: parseDuration(manifest.deploy?.answerWithin ?? '8s'),
    maxBody: Number.parseInt(manifest.deploy?.maxBody ?? '128kB') * 1000,
    answers: compileAnswers(manifest.answers),
    owns: (path) => match(path) !== undefined,
    ...compileDecide(manifest, match, mask, secretNames),
    mask,
  };
}

/** Verify, read, normalize. The record of the request is made only where something is kept. */
function compileDecide(
  manifest: Manifest,
  match: ReturnType<typeof compilePath>,
  mask: Partner['mask'],
  secretNames: string[],
): Pick<Partner, 'decide' | 'reread' | 'mentions'> {
  const verify = compileVerify(manifest);
  const reopen = compileReopen(manifest);
  const open = compileOpen(manifest);
  const mentionsIn = compileMentions(manifest);
  const hide = compileHide(manifest);
  const judge = compileJudge(manifest);
  return {
    decide(request, secrets, now) {
      const scope = new Scope(request, match(request.path));
      const live = () => secretNames.flatMap(secrets);
      // Seen from outside: the scope may have been opened meanwhile.
      const outside = new Scope(request, match(request.path));
      scope.hide = (text) => hide(outside, live())(text);
      const verdict = verify(scope, secrets, now);
      return judge(scope, verdict, now, () => mask(request, secrets), live);
    },
    reread(raw, verdict, receivedAt, secrets = () => []) {
      const request = incomingOf(raw);
      const scope = new Scope(request, match(request.path));
      reopen(scope, () => verify(scope, secrets, receivedAt));
      return judge(scope, verdict, receivedAt, () => raw, () => []); // prettier-ignore
    },
    mentions(raw, receivedAt, secrets = () => []) {
      const request = incomingOf(raw);
      const scope = new Scope(request, match(request.path));
      reopen(scope, () => verify(scope, secrets, receivedAt));
      open(scope);
      return mentionsIn(scope);
    },
  };
}

type Judge = (
  scope: Scope,
  verdict: Verdict,
  receivedAt: Date,
  raw: () => RawRequest,
  live: () => string[],
) => Decision;

/** Compiles what follows from a verdict: what a request says counts only as far as it is theirs. */
function compileJudge(manifest: Manifest): Judge {
  const reading = compileReading(manifest);
  const toEvents = compileEvents(manifest);
  const open = compileOpen(manifest);
  return (scope, verdict, receivedAt, raw, live) => {
    const head = (): Head => ({
      version: 1,
      partner: manifest.id,
      receivedAt: receivedAt.toISOString(),
      raw: raw(),
    });
    const unopened = open(scope);
    if (verdict.is === 'refused') {
      const conversionId = reading.conversionId(scope);
      return refuse(head, verdict, conversionId && hider(live())(conversionId));
    }
    if (verdict.is === 'expired') {
      const why = `verification expired on ${verdict.until}`;
      const expired = quarantine(head(), verdict.verified, [{ field: 'verify', why }]);
      return { ...expired, expired: verdict.until };
    }
    const verified = verdict.is === 'verified';
    const result = reading.read(scope);
    if ('reasons' in result) return quarantine(head(), verified, unopened ? [unopened] : result.reasons);
    if ('probe' in result) return { is: 'probe', why: result.probe };
    if (unopened) return quarantine(head(), verified, [unopened]);
    const leaks = secretsIn(result.drafts, hider(live()));
    if (leaks.length > 0) return quarantine(head(), verified, leaks);
    const whole = head();
    const events = toEvents(result.drafts, verified, whole);
    const unclear = identityProblems(manifest, events, verified);
    return unclear.length > 0 ? quarantine(whole, verified, unclear) : { is: 'conversions', events };
  };
}
