import { readTime } from '../../contract/time.ts';
import { parseDuration } from '../duration.ts';
import { allReferences, parseExpression, parseTemplate, referencesOf } from '../expression.ts';
import type { VerifyBlock } from '../schema.ts';
import type { Scope } from '../read/scope.ts';
import { evaluate } from '../read/value.ts';

/**
 * Compiles `sentAt` into a function that says why a request is not fresh, or nothing. Throws SyntaxError if the signature does not
 * cover that time: whoever replays a request could then write any time beside it.
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

function assertSigned({ sentAt, of, by }: VerifyBlock) {
  const spelt = (name: string) => (name.startsWith('header.') ? name.toLowerCase() : name);
  const signed = new Set(referencesOf(parseTemplate(of ?? '{body}')).map(({ name }) => spelt(name)));
  const covers = (name: string) =>
    signed.has(spelt(name)) ||
    signed.has(/^(query|path)\./.exec(name)?.[1] ?? '') ||
    (signed.has('body') && !/^(header|query|path)\./.test(name));
  const uncovered = allReferences(parseExpression(sentAt!)).find(({ name }) => !covers(name));
  if (by === undefined || uncovered)
    throw new SyntaxError(`${uncovered?.name ?? sentAt} is not covered by the signature: name it in "of"`);
}
