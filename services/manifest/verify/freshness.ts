import { readTime } from '../../contract/time.ts';
import { parseDuration } from '../duration.ts';
import { allReferences, parseExpression } from '../expression.ts';
import type { VerifyBlock } from '../schema.ts';
import type { Scope } from '../read/scope.ts';
import { evaluate } from '../read/value.ts';
import { coverage } from './covered.ts';

/**
 * Compiles `sentAt` into a function that says why a request is not fresh, or nothing. Within that time it may come again: an id that
 * was seen is a repeat, so no number used once is kept. Throws SyntaxError if the signature does not cover that time: whoever replays
 * a request could then write any time beside it.
 */
export function compileFreshness(block: VerifyBlock): (scope: Scope, now: Date) => string | undefined {
  if (block.sentAt === undefined) return () => undefined;
  const sentAt = parseExpression(block.sentAt);
  const within = parseDuration(block.within ?? '5m');
  assertSigned(block);
  return (scope, now) => {
    const text = evaluate(sentAt, scope);
    const time = text.is === 'text' ? readTime(text.text) : undefined;
    if (!time?.ok) return `brings no readable ${block.sentAt}`;
    return Math.abs(now.getTime() - Date.parse(time.value)) <= within
      ? undefined
      : `was signed more than ${block.within ?? '5m'} ago or ahead`;
  };
}

function assertSigned(block: VerifyBlock) {
  const covers = coverage(block);
  const open = allReferences(parseExpression(block.sentAt!)).find(({ name }) => !covers(name));
  if (open) throw new SyntaxError(`${open.name} is not covered by the signature: name it in "of"`);
}
