import { createHmac } from 'node:crypto';
import { allReferences, type Expression } from '../expression.ts';
import type { VerifyBlock } from '../schema.ts';
import { sameTextAs } from './compare.ts';
import type { Check } from './proof.ts';
import { remembered } from './remembered.ts';

/** The secret itself stands there. `Basic` writes `user:password` in base64 (RFC 7617), so the secret holds those. */
export function sharedSecret({ secret: name }: VerifyBlock, at: Expression): Check {
  const [first] = allReferences(at);
  const isBasic = /^header\..*\.basic$/i.test(first?.name ?? '');
  const written = (secret: string) => (isBasic ? Buffer.from(secret).toString('base64') : secret);
  const matcherOf = remembered((secret) => sameTextAs(written(secret)));
  return (brought, _scope, secrets) => {
    const live = secrets(name!).filter((secret) => secret !== ''); // anyone can bring nothing
    const value = brought[0]!;
    if (brought.some((other) => other !== value))
      return { is: 'refused', why: 'brings several different secrets' };
    const passed = live.map((secret) => matcherOf(secret)(value)).includes(true);
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
