import type { Reason } from '../contract/records.ts';
import { allReferences, parseExpression } from './expression.ts';
import { fail } from './read/fail.ts';
import { readBody } from './read/request.ts';
import type { Scope } from './read/scope.ts';
import { evaluate } from './read/value.ts';
import type { Manifest } from './schema.ts';
import { everyProof } from './verify/blocks.ts';
import { kindOf } from './verify/algorithms.ts';

/**
 * Compiles the opening of a recorded request that came encrypted. What no live secret opens any more cannot be read: what stands beside it
 * was never theirs.
 */
export function compileReopen(manifest: Manifest): (scope: Scope, open: () => unknown) => void {
  const sealed = everyProof(manifest).filter(({ by, none }) => none === undefined && kindOf(by) === 'cipher');
  const places = sealed.flatMap(({ at }) => allReferences(parseExpression(at ?? '')).map(({ name }) => name));
  return (scope, open) => {
    if (!places.some((name) => scope.find(name).sent)) return;
    open();
    if (!scope.isOpen)
      scope.open({ is: 'unreadable', why: 'the body is encrypted, and no live secret opens it' });
  };
}

/**
 * Compiles `open`: the document in one parameter becomes what bare names are looked for in. Gives the reason where there is none. Then
 * nothing else is read in its place, but that a request without any parameter is a probe.
 */
export function compileOpen({ open }: Manifest): (scope: Scope) => Reason | undefined {
  return open === undefined ? () => undefined : openParameter(open);
}

function openParameter(open: string): (scope: Scope) => Reason | undefined {
  const at = parseExpression(open);
  return (scope) => {
    const text = evaluate(at, scope);
    if (text.is === 'text') scope.open(readBody(Buffer.from(text.text), 'application/json'));
    if (text.is === 'unreadable') return fail('open', text.why).reason;
    return text.is === 'text'
      ? undefined
      : fail('open', `${open} ${text.sent ? 'came empty' : 'was not sent'}`).reason;
  };
}
