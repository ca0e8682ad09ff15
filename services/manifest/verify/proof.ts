import { allReferences, parseExpression, type Expression } from '../expression.ts';
import type { Body } from '../read/request.ts';
import type { Scope } from '../read/scope.ts';
import { evaluate } from '../read/value.ts';
import type { VerifyBlock } from '../schema.ts';
import { kindOf } from './algorithms.ts';
import { cipherCheck } from './cipher.ts';
import { compileFreshness } from './freshness.ts';
import { keyCheck } from './keyCheck.ts';
import { macCheck } from './mac.ts';
import { sharedSecret } from './shared.ts';

/** The live values of each secret, newest first: two during a rotation. By its URL the text in which a partner publishes its keys. */
export type LiveSecrets = (name: string) => readonly string[];

export type Refusal = { is: 'refused'; why: string; secretHint?: string };

/** `opened`: what was encrypted, for the fields to read. */
export type Passed = { is: 'passed'; opened?: Body };

/** Looks at what a request brought. Throws where a secret or a key that it needs is not there. */
export type Check = (brought: string[], scope: Scope, secrets: LiveSecrets) => Passed | Refusal;

/** Looks for one kind of proof. `unproven`: the request brings none of this kind at all. */
export type Proof = (scope: Scope, secrets: LiveSecrets, now: Date) => Passed | { is: 'unproven' } | Refusal;

/** Compiles a block's three answers: where the proof stands, by what it is made, and of what. `reads`: the names that the manifest reads. Throws SyntaxError. */
export function compileProof(block: VerifyBlock, reads: ReadonlySet<string> = new Set()): Proof {
  const at = parseExpression(block.at ?? '');
  const check = alone(block, at, compileCheck(block, at, reads));
  const isFresh = compileFreshness(block);
  const findAll = compileFindAll(at);
  return (scope, secrets, now) => {
    const brought = findAll(scope);
    if (brought.length === 0) return { is: 'unproven' };
    const result = check(brought, scope, secrets);
    const stale = result.is === 'passed' ? isFresh(scope, now) : undefined;
    return stale === undefined ? result : { is: 'refused', why: stale };
  };
}

function compileCheck(block: VerifyBlock, at: Expression, reads: ReadonlySet<string>): Check {
  switch (kindOf(block.by)) {
    case 'secret':
      return sharedSecret(block, at);
    case 'mac':
    case 'hash':
      return macCheck(block, reads);
    case 'key':
      return keyCheck(block, reads);
    case 'cipher':
      return cipherCheck(block);
  }
}

/** Only among the pieces of a header several signatures are usual: one for each secret, or for each version of a scheme. */
function alone({ by }: VerifyBlock, at: Expression, check: Check): Check {
  if (by === undefined || allReferences(at).some(({ name }) => /^header\.[^.]+\./.test(name))) return check;
  return (brought, scope, secrets) =>
    brought.length > 1 ? { is: 'refused', why: 'brings several signatures' } : check(brought, scope, secrets);
}

/** Every value at a place: a list of signatures may hold one per live secret. Unfilled macros and empty texts are no proof. */
function compileFindAll(at: Expression): (scope: Scope) => string[] {
  const places = allReferences(at).map(({ name }) => ({ name, alone: [{ main: [[{ name, optional: false }]] }] })); // prettier-ignore
  return (scope) => {
    for (const { name, alone } of places) {
      const found = scope.find(name);
      if (!found.sent || 'problem' in found) continue;
      const present = found.values.filter((value) => value !== '');
      if (present.length > 0 && evaluate(alone, scope, 'first').is === 'text') return present;
    }
    return [];
  };
}
