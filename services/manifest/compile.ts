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
import { compileReading } from './read/reading.ts';
import type { Incoming } from './read/request.ts';
import { Scope } from './read/scope.ts';
import type { Manifest } from './schema.ts';
import type { LiveSecrets } from './verify/proof.ts';
import { compileVerify } from './verify/verify.ts';

export { carryRaw, type Decision } from './decision.ts';

/** A manifest made ready: everything that does not depend on the request is decided once, here. */
export interface Partner {
  id: string;
  manifest: Manifest;
  /** Names of the secrets its verification needs. */
  secretNames: string[];
  /** Milliseconds in which the same report counts as a late retry, where no update time is sent. */
  repeatWindow: number;
  /** Milliseconds in which the partner must have an answer. */
  answerWithin: number;
  /** Bytes of the largest body accepted. */
  maxBody: number;
  /** What it is answered instead of the usual, by outcome. */
  answers: Answers;
  /** Whether this is one of the partner's URLs. */
  owns: (path: string) => boolean;
  decide(request: Incoming, secrets: LiveSecrets, now: Date): Decision;
  /** The request without its secrets, for records and the journal. */
  mask(request: Incoming, secrets: LiveSecrets): RawRequest;
}

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
    repeatWindow: parseDuration(manifest.repeat?.window ?? '1h'),
    answerWithin: parseDuration(manifest.deploy?.answerWithin ?? '8s'),
    maxBody: Number.parseInt(manifest.deploy?.maxBody ?? '128kB') * 1000,
    answers: compileAnswers(manifest.answers),
    owns: (path) => match(path) !== undefined,
    decide: compileDecide(manifest, match, mask, secretNames),
    mask,
  };
}

/** Verify, read, normalize. The record of the request is made only where something is kept. */
function compileDecide(
  manifest: Manifest,
  match: ReturnType<typeof compilePath>,
  mask: Partner['mask'],
  secretNames: string[],
): Partner['decide'] {
  const verify = compileVerify(manifest.verify);
  const reading = compileReading(manifest);
  const hide = compileHide(manifest);
  const toEvents = compileEvents(manifest);
  return (request, secrets, now) => {
    const scope = new Scope(request, match(request.path));
    const live = () => secretNames.flatMap(secrets);
    scope.hide = (text) => hide(scope, live())(text);
    const verdict = verify(scope, secrets, now);
    const head = (): Head => ({
      version: 1,
      partner: manifest.id,
      receivedAt: now.toISOString(),
      raw: mask(request, secrets),
    });
    if (verdict.is === 'refused') {
      const conversionId = reading.conversionId(scope);
      return refuse(head, verdict, conversionId && hider(live())(conversionId));
    }
    if (verdict.is === 'expired') {
      const why = `verification expired on ${verdict.until}`;
      return quarantine(head(), verdict.verified, [{ field: 'verify', why }]);
    }
    const verified = verdict.is === 'verified';
    const result = reading.read(scope);
    if ('reasons' in result) return quarantine(head(), verified, result.reasons);
    if ('probe' in result) return { is: 'probe', why: result.probe };
    const leaks = secretsIn(result.drafts, hider(live()));
    if (leaks.length > 0) return quarantine(head(), verified, leaks);
    const whole = head();
    const events = toEvents(result.drafts, verified, whole);
    const unclear = identityProblems(manifest, events, verified);
    return unclear.length > 0 ? quarantine(whole, verified, unclear) : { is: 'conversions', events };
  };
}
