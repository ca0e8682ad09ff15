/** The least that a decision can cost: the partner's proof by node:crypto alone, JSON.parse of what was sent, a sha256 for each event's id. */
import * as crypto from 'node:crypto';
import type { Decision } from '../../services/manifest/compile.ts';
import { allReferences, parseExpression } from '../../services/manifest/expression.ts';
import { Scope } from '../../services/manifest/read/scope.ts';
import type { VerifyBlock } from '../../services/manifest/schema.ts';
import { kindOf } from '../../services/manifest/verify/algorithms.ts';
import { publicKeysIn } from '../../services/manifest/verify/publicKeys.ts';
import { keyMaker } from '../../services/manifest/verify/secret.ts';
import { compileSigned } from '../../services/manifest/verify/signed.ts';
import type { Scheme } from '../support/schemes.ts';

type Run = () => unknown;

/** Everything that can be made ready before a request comes is made ready here. Throws for a request that does not become conversions. */
export function leastOf(scheme: Scheme, decision: Decision): Run {
  if (decision.is !== 'conversions') throw new Error(`${scheme.name} is ${decision.is}`);
  const texts = decision.events.map((event) => JSON.stringify({ ...event, raw: undefined }));
  const runs = [
    proof(scheme),
    parse(scheme.request.body),
    ...texts.map((text) => () => crypto.hash('sha256', text)),
  ];
  return () => {
    for (const run of runs) run();
  };
}

/** Of forms and queries nothing is counted: there is no one way in which all would read them. */
function parse(bytes: Uint8Array): Run {
  const body = Buffer.from(bytes);
  return /^\s*[[{]/.test(body.toString()) ? () => JSON.parse(body.toString()) as unknown : () => undefined;
}

function proof(scheme: Scheme): Run {
  const blocks = [scheme.partner.manifest.verify].flat();
  for (const block of blocks) {
    const run = proofs[kindOf(block.by)](scheme, block);
    if (run) return run;
  }
  throw new Error(`${scheme.name}: its proof is not understood`);
}

/** By kind of proof; undefined where the request was not signed by this block. */
const proofs: Record<ReturnType<typeof kindOf>, (scheme: Scheme, block: VerifyBlock) => Run | undefined> = {
  secret: () => {
    const [a, b] = [crypto.randomBytes(32), crypto.randomBytes(32)];
    return () => crypto.timingSafeEqual(a, b);
  },
  mac(scheme, block) {
    const bytes = signedBytes(scheme, block, '');
    const key = crypto.createSecretKey(keyOf(scheme, block));
    return bytes && (() => crypto.createHmac(block.by!.replace('hmac-', ''), key).update(bytes).digest());
  },
  hash(scheme, block) {
    const bytes = signedBytes(scheme, block, keyOf(scheme, block).toString());
    return bytes && (() => crypto.hash(block.by!, bytes, 'buffer'));
  },
  key(scheme, block) {
    const bytes = [false, true].flatMap((asRead) => signedBytes(scheme, block, '', asRead) ?? []);
    const keys = [block.keys!]
      .flat()
      .flatMap((text) => publicKeysIn(scheme.secrets[text] ?? text, block.by!));
    const signatures = broughtBy(scheme, block).flatMap((text) => [Buffer.from(text, 'hex'), Buffer.from(text, 'base64')]); // prettier-ignore
    const hash = block.by === 'ed25519' ? null : 'sha256';
    const all = bytes.flatMap((text) => keys.flatMap((key) => signatures.map((signature) => [text, key, signature] as const))); // prettier-ignore
    const fits = all.find((one) => crypto.verify(hash, ...one));
    return fits && (() => crypto.verify(hash, ...fits));
  },
  cipher(scheme, block) {
    const [sealed, iv] = [block.at!, block.iv!].map((at) => Buffer.from(broughtBy(scheme, { at })[0]!, 'base64')); // prettier-ignore
    const key = keyOf(scheme, block).subarray(0, 32);
    return () => {
      const decipher = crypto.createDecipheriv(block.by!, key, iv!);
      return JSON.parse(Buffer.concat([decipher.update(sealed!), decipher.final()]).toString()) as unknown;
    };
  },
};

const keyOf = ({ secrets }: Scheme, block: VerifyBlock) => keyMaker(block)(secrets[block.secret!]!)!;

function signedBytes({ request }: Scheme, block: VerifyBlock, secret: string, asRead = false) {
  const signed = compileSigned(block)(new Scope(request), secret, asRead);
  return 'bytes' in signed ? signed.bytes : undefined;
}

function broughtBy({ request }: Scheme, { at }: Pick<VerifyBlock, 'at'>): string[] {
  const scope = new Scope(request);
  return allReferences(parseExpression(at!)).flatMap(({ name }) => {
    const found = scope.find(name);
    return found.sent && 'values' in found ? found.values : [];
  });
}
