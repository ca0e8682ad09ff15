import type { VerifyBlock } from '../schema.ts';
import { keyed, kindOf, type Algorithm, type Kind } from '../verify/algorithms.ts';
import { isKeyUrl } from '../verify/keyCheck.ts';
import { publicKeysIn } from '../verify/publicKeys.ts';
import type { Problem } from './problems.ts';

type Word = Exclude<keyof VerifyBlock, 'at' | 'by' | 'and' | 'none' | 'until' | 'addresses'>;

/** What each word stands beside, and what to say where it does not. */
const beside: Record<Word, { kinds: Kind[]; why: string }> = {
  secret: {
    kinds: ['secret', 'mac', 'hash', 'cipher'],
    why: 'is not needed: their public "keys" check what they sign',
  },
  secretIs: {
    kinds: ['mac', 'hash', 'cipher'],
    why: 'says how a secret becomes a key; "by" must say for what',
  },
  keys: { kinds: ['key'], why: `are for ${keyed.join(', ')}` },
  of: { kinds: ['mac', 'hash', 'key'], why: 'says what is signed; "by" must say how' },
  pair: {
    kinds: ['mac', 'hash', 'key'],
    why: 'says how what is signed is written; "by" must say how it is signed',
  },
  length: {
    kinds: ['mac', 'hash'],
    why: 'is for a signature that both sides can make, hmac-sha256 or sha256',
  },
  iv: { kinds: ['cipher'], why: 'is for what comes encrypted, by aes-256-cbc' },
  unsigned: {
    kinds: ['mac', 'hash', 'key', 'cipher'],
    why: 'has no meaning here: a secret signs nothing at all',
  },
  sentAt: {
    kinds: ['secret', 'mac', 'hash', 'key'],
    why: 'needs a signature that covers it: "by" must say how it is signed',
  },
  within: { kinds: ['secret', 'mac', 'hash', 'key'], why: 'needs "sentAt": the time it is counted from' },
};

const needed: Record<Kind, Word[]> = {
  secret: ['secret'],
  mac: ['secret'],
  hash: ['secret'],
  key: ['keys'],
  cipher: ['secret', 'iv'],
};

/** Whether the words of a block go together: each says its own sentence where it stands. */
export function checkFitting(block: VerifyBlock): Problem[] {
  const kind = kindOf(block.by);
  const missing = ([...needed[kind], 'at'] as const).filter((word) => block[word] === undefined);
  const strangers = (Object.keys(beside) as Word[]).filter(
    (word) => block[word] !== undefined && !beside[word].kinds.includes(kind),
  );
  const alone = block.within !== undefined && block.sentAt === undefined && !strangers.includes('within');
  return [
    ...missing.map((word) => ({ path: [], message: `"${word}" is missing (or say "none" and why)` })),
    ...[...strangers, ...(alone ? (['within'] as const) : [])].map((word) => ({
      path: [word],
      message: `"${word}" ${beside[word].why}`,
    })),
  ];
}

/** A key that is written here must be one, and of the kind that `by` needs. */
export function checkKeys({ keys = [], by }: VerifyBlock): Problem[] {
  return [keys].flat().flatMap((text, i) => {
    const path = Array.isArray(keys) ? ['keys', i] : ['keys'];
    if (/PRIVATE KEY/.test(text)) return [{ path, message: 'a private key is theirs alone: delete it, and tell them' }]; // prettier-ignore
    if (isKeyUrl(text)) return URL.canParse(text) ? [] : [{ path, message: `"${text}" is no address` }];
    if (/^\w+:\/\//.test(text)) return [{ path, message: 'keys are fetched by https only' }];
    return publicKeysIn(text, by as Algorithm).length > 0
      ? []
      : [{ path, message: `is no public key for ${by}: paste its PEM or base64, or its https address` }];
  });
}
