import type { ConversionEvent } from '../contract/event.ts';
import type { RawRequest } from '../contract/raw.ts';
import {
  compileEvents,
  identityProblems,
  quarantine,
  refuse,
  secretsIn,
  type Decision,
  type Head,
} from './decision.ts';
import { hider } from './hide.ts';
import { compileOpen } from './open.ts';
import { compileReading } from './read/reading.ts';
import type { Scope } from './read/scope.ts';
import type { Manifest } from './schema.ts';
import type { Verdict } from './verify/verify.ts';

export type Judge = (
  scope: Scope,
  verdict: Verdict,
  receivedAt: Date,
  raw: () => RawRequest,
  live: () => string[],
) => Decision;

/** Compiles what follows from a verdict: what a request says counts only as far as it is theirs. */
export function compileJudge(manifest: Manifest, via: ConversionEvent['via'] = 'postback'): Judge {
  const reading = compileReading(manifest);
  const toEvents = compileEvents(manifest, via);
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
