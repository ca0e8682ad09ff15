import { createHmac } from 'node:crypto';
import { compile } from '../../services/manifest/compile.ts';
import { validate } from '../../services/manifest/load/load.ts';
import type { Manifest, VerifyBlock } from '../../services/manifest/schema.ts';
import { uncovered } from '../../services/manifest/verify/covered.ts';
import { decide, manifestData, type Data, type Sent } from './manifest.ts';

export const hmac = (algorithm: string, secret: string, message: string | Uint8Array): Buffer =>
  createHmac(algorithm, secret).update(message).digest();

export interface Circumstances {
  /** Live values by the secret's name; else what `manifest.ts` says. */
  live?: Record<string, string[]>;
  at?: string;
}

/** The manifest with `unsigned` filled in, for tests that ask about the signature and not about fields. */
export function saying(data: Data): Data {
  const say = (block: VerifyBlock) => {
    if (block.by === undefined || block.unsigned !== undefined) return block;
    const unsigned = uncovered(data as Manifest, block).map(({ field }) => field);
    return unsigned.length > 0 ? { ...block, unsigned } : block;
  };
  const { verify } = data as Manifest;
  return { ...data, verify: Array.isArray(verify) ? verify.map(say) : say(verify) };
}

/** Compiles the small manifest with this `verify`, and gives what it says of a request: one word, and why if refused. */
export function verifier(verify: unknown, changes: Data = {}) {
  const result = validate(saying(manifestData({ verify, ...changes })));
  if ('problems' in result) throw new Error(result.problems.map(({ message }) => message).join('\n'));
  const partner = compile(result.manifest);
  return (sent: Sent, { live = {}, at = '2026-11-24T12:00:00Z' }: Circumstances = {}): string => {
    const headers = { 'x-token': undefined, ...sent.headers };
    const secrets = (name: string) => live[name] ?? ['s3cret'];
    const decision = decide(partner, { ...sent, headers }, { secrets, at: new Date(at) });
    switch (decision.is) {
      case 'conversions':
        return decision.events.every(({ verified }) => verified) ? 'verified' : 'unverified';
      case 'quarantined': {
        const [reason] = decision.record.reasons;
        if (reason?.field === 'verify') return reason.why;
        return decision.record.verified ? 'verified' : 'unverified';
      }
      case 'refused':
        return `refused: ${decision.why}`;
      case 'probe':
        return 'probe';
    }
  };
}
