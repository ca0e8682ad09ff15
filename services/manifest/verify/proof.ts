import { createHmac } from 'node:crypto';
import { sameMac, sameText } from './compare.ts';
import { allReferences, parseExpression, parseTemplate, type Expression } from '../expression.ts';
import { compileFreshness } from './freshness.ts';
import type { VerifyBlock } from '../schema.ts';
import type { Scope } from '../read/scope.ts';
import { compileSigned } from './signed.ts';
import { evaluate } from '../read/value.ts';

/** The live values of each secret, newest first: two during a rotation. */
export type LiveSecrets = (name: string) => readonly string[];

export type Refusal = { is: 'refused'; why: string; secretHint?: string };

/** Looks for one kind of proof. `unproven`: the request brings none of this kind at all. */
export type Proof = (
  scope: Scope,
  secrets: LiveSecrets,
  now: Date,
) => { is: 'passed' } | { is: 'unproven' } | Refusal;

/** Compiles a block's three answers: where the proof stands, by what it is made, and of what. Throws SyntaxError. */
export function compileProof(block: VerifyBlock): Proof {
  const at = parseExpression(block.at ?? '');
  const compare = block.by === undefined ? sharedSecret(at) : signature(block, at);
  const isFresh = compileFreshness(block);
  return (scope, secrets, now) => {
    const brought = findAll(at, scope);
    if (brought.length === 0) return { is: 'unproven' };
    const live = secrets(block.secret!).filter((secret) => secret !== ''); // anyone can sign with nothing
    const stale = isFresh(scope, now);
    const result = compare(brought, live, scope);
    if (result.is === 'passed' && stale) return { is: 'refused', why: stale };
    return result;
  };
}

/** Every value at a place: a list of signatures may hold one per live secret. Unfilled macros and empty texts are no proof. */
function findAll(at: Expression, scope: Scope): string[] {
  for (const { name } of allReferences(at)) {
    const found = scope.find(name);
    if (!found.sent || 'problem' in found) continue;
    const present = found.values.filter((value) => value !== '');
    if (
      present.length > 0 &&
      evaluate([{ main: [[{ name, optional: false }]] }], scope, 'first').is === 'text'
    )
      return present;
  }
  return [];
}

type Compare = (brought: string[], live: readonly string[], scope: Scope) => { is: 'passed' } | Refusal;

/** The secret itself stands there. `Basic` writes `user:password` in base64 (RFC 7617), so the secret holds those. */
function sharedSecret(at: Expression): Compare {
  const [first] = allReferences(at);
  const isBasic = /^header\..*\.basic$/i.test(first?.name ?? '');
  const written = (secret: string) => (isBasic ? Buffer.from(secret).toString('base64') : secret);
  return (brought, live) => {
    if (new Set(brought).size > 1) return { is: 'refused', why: 'brings several different secrets' };
    const value = brought[0]!;
    const passed = live.map((secret) => sameText(written(secret), value)).includes(true);
    return passed
      ? { is: 'passed' }
      : { is: 'refused', why: 'brings a wrong secret', ...hint(live[0], value) };
  };
}

/** Tells one wrong token from another without keeping either: 32 bits of an HMAC under the right one. */
const hint = (secret: string | undefined, brought: string) =>
  secret === undefined
    ? {}
    : { secretHint: createHmac('sha256', secret).update(brought).digest('hex').slice(0, 8) };

function signature(block: VerifyBlock, at: Expression): Compare {
  const algorithm = block.by!.replace('hmac-', '');
  const signed = compileSigned(parseTemplate(block.of ?? '{body}'));
  const mayBeMany = allReferences(at).some(({ name }) => /^header\.[^.]+\./.test(name));
  return (brought, live, scope) => {
    if (brought.length > 1 && !mayBeMany) return { is: 'refused', why: 'brings several signatures' };
    const message = signed(scope);
    if (message === undefined) return { is: 'refused', why: 'leaves out something that is signed' };
    const expected = live.map((secret) => createHmac(algorithm, secret).update(message).digest());
    const passed = expected.flatMap((mac) => brought.map((value) => sameMac(mac, value))).includes(true);
    return passed ? { is: 'passed' } : { is: 'refused', why: 'brings a signature that does not fit' };
  };
}
