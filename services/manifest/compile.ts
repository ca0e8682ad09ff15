import type { RawRequest } from '../contract/raw.ts';
import { compileAnswers, type Answers } from './answers.ts';
import type { Decision } from './decision.ts';
import { parseDuration } from './duration.ts';
import { compileJudge } from './judge.ts';
import { compileHide, compileMask } from './mask.ts';
import { compilePath } from './path.ts';
import { incomingOf } from './recorded.ts';
import { compileOpen, compileReopen } from './open.ts';
import { compileMentions, type Mention } from './read/mentions.ts';
import type { Incoming } from './read/request.ts';
import { Scope } from './read/scope.ts';
import { compileReport, type PartnerReport } from './report/compile.ts';
import type { Manifest } from './schema.ts';
import { everyProof } from './verify/blocks.ts';
import { publicKeysOf, type PublicKeys } from './verify/keyCheck.ts';
import type { LiveSecrets } from './verify/proof.ts';
import { compileVerify, type Verdict } from './verify/verify.ts';

export { carryRaw, type Decision } from './decision.ts';

/** A manifest made ready: everything that does not depend on the request is decided once, here. */
export interface Partner {
  id: string;
  manifest: Manifest;
  /** Whether they call us. One that is known by its report alone has no path and no secrets of verification. */
  receives: boolean;
  /** The report that we fetch, or import, if they have one. */
  report?: PartnerReport;
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
   * Reading it twice makes the same ids. What came encrypted is opened again with `secrets`. A row of a report is read by `report`.
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
  const secretNames = [...new Set(everyProof(manifest).flatMap(({ secret }) => secret ?? []))];
  const mask = (request: Incoming, secrets: LiveSecrets) => masked(request, secretNames.flatMap(secrets));
  const report = compileReport(manifest);
  return {
    id: manifest.id,
    manifest,
    receives: manifest.path !== '',
    ...(report && { report }),
    secretNames,
    publicKeys: publicKeysOf(manifest),
    repeatWindow: parseDuration(manifest.repeat?.window ?? '1h'),
    paysUnverified: manifest.hints === 'paid',
    answerWithin: parseDuration(manifest.deploy?.answerWithin ?? '8s'),
    maxBody: Number.parseInt(manifest.deploy?.maxBody ?? '128kB') * 1000,
    answers: compileAnswers(manifest.answers),
    owns: (path) => manifest.path !== '' && match(path) !== undefined,
    ...compileDecide(manifest, match, mask, secretNames, report),
    mask,
  };
}

/** Verify, read, normalize. The record of the request is made only where something is kept. */
function compileDecide(
  manifest: Manifest,
  match: ReturnType<typeof compilePath>,
  mask: Partner['mask'],
  secretNames: string[],
  report: PartnerReport | undefined,
): Pick<Partner, 'decide' | 'reread' | 'mentions'> {
  const verify = compileVerify(manifest);
  const reopen = compileReopen(manifest);
  const open = compileOpen(manifest);
  const mentionsIn = compileMentions(manifest);
  const hide = compileHide(manifest);
  const judge = compileJudge(manifest);
  return {
    decide(request, secrets, now) {
      const holes = match(request.path);
      const scope = new Scope(request, holes);
      const live = () => secretNames.flatMap(secrets);
      // Seen from outside: the scope may have been opened meanwhile.
      scope.hide = (text) => hide(new Scope(request, holes), live())(text);
      const verdict = verify(scope, secrets, now);
      return judge(scope, verdict, now, () => mask(request, secrets), live);
    },
    reread(raw, verdict, receivedAt, secrets = () => []) {
      if (report?.owns(raw)) return report.reread(raw, receivedAt);
      const request = incomingOf(raw);
      const scope = new Scope(request, match(request.path));
      reopen(scope, () => verify(scope, secrets, receivedAt));
      return judge(scope, verdict, receivedAt, () => raw, () => []); // prettier-ignore
    },
    mentions(raw, receivedAt, secrets = () => []) {
      if (report?.owns(raw)) return report.mentions(raw);
      const request = incomingOf(raw);
      const scope = new Scope(request, match(request.path));
      reopen(scope, () => verify(scope, secrets, receivedAt));
      open(scope);
      return mentionsIn(scope);
    },
  };
}
