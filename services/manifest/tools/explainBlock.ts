import { parseExpression, allReferences } from '../expression.ts';
import { Scope } from '../read/scope.ts';
import type { Manifest, VerifyBlock } from '../schema.ts';
import { proofsOf } from '../verify/blocks.ts';
import { kindOf } from '../verify/algorithms.ts';
import type { LiveSecrets } from '../verify/proof.ts';
import { compileSigned } from '../verify/signed.ts';
import { compileVerify } from '../verify/verify.ts';

/** One way of verifying, and what it made of the request. */
export interface BlockStep {
  /** The way, as its manifest says it. */
  way: string;
  result: 'passed' | 'failed' | 'not brought' | 'expired' | 'unverified';
  why?: string;
  /** The text that their signature has to fit, secrets masked; the commonest cause of one that does not. */
  signed?: string;
}

export function explainBlock(
  manifest: Manifest,
  block: VerifyBlock,
  scope: Scope,
  secrets: LiveSecrets,
  now: Date,
): BlockStep {
  const way = proofsOf(block).map(wayOf).join('; and ');
  const verdict = compileVerify({ ...manifest, verify: block })(scope, secrets, now);
  if (verdict.is === 'verified') return { way, result: 'passed' };
  if (verdict.is === 'unverified') return { way, result: 'unverified', why: verdict.because };
  if (verdict.is === 'expired') return { way, result: 'expired', why: `it counted until ${verdict.until}` };
  if (!proofsOf(block).some((proof) => isBrought(proof, scope)))
    return { way, result: 'not brought', why: verdict.why };
  const missing = proofsOf(block).find((proof) => isMissing(proof, secrets));
  const why = missing ? `the secret ${missing.secret} has no value here yet` : verdict.why;
  const signing = proofsOf(block).find(({ by }) => ['mac', 'hash', 'key'].includes(kindOf(by)));
  return { way, result: 'failed', why, ...(signing && signedText(signing, scope)) };
}

function wayOf({ none, by, at, of, secret, keys, sentAt, within, addresses }: VerifyBlock): string {
  if (none !== undefined) return 'nothing is verified';
  const from = addresses ? `, from ${addresses.join(', ')}` : '';
  if (by === undefined) return `the secret ${secret} at ${at}${from}`;
  const what = kindOf(by) === 'cipher' ? `${by} at ${at}` : `${by} at ${at}, of ${of ?? '{body}'}`;
  const when = sentAt === undefined ? '' : `, sent at most ${within ?? '5m'} ago by ${sentAt}`;
  return `${what}, with ${keys === undefined ? `the secret ${secret}` : 'their public key'}${when}${from}`;
}

const isBrought = ({ at }: VerifyBlock, scope: Scope) =>
  at !== undefined && allReferences(parseExpression(at)).some(({ name }) => scope.find(name).sent);

const isMissing = ({ secret }: VerifyBlock, secrets: LiveSecrets) =>
  secret !== undefined && secrets(secret).length === 0;

/** For people to compare with what the partner says that it signs. The secret, where it is part of the text, stays masked. */
function signedText(block: VerifyBlock, scope: Scope): { signed?: string } {
  const text = compileSigned(block)(new Scope(scope.request), '***');
  return 'bytes' in text ? { signed: scope.hide(text.bytes.toString()) } : {};
}
