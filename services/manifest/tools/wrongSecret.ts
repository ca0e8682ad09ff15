import type { Example } from '../example.ts';
import type { Manifest, VerifyBlock } from '../schema.ts';
import type { DraftExample } from './draftExamples.ts';
import { changesOf, withValue } from './exampleParts.ts';

type Request = Example['request'];

/** The request of an example as a stranger would send it: with something made up where the secret or the signature stands. */
export function wrongSecret(
  manifest: Manifest,
  { name, request }: { name: string; request: Request },
  now: string | undefined,
): DraftExample[] {
  const [block] = [manifest.verify].flat();
  if (block?.at === undefined) return [];
  const isSigned = block.by !== undefined;
  const same = changesOf(request, madeUp(manifest, block, request));
  return [
    {
      name: isSigned ? '401-wrong-signature' : '401-wrong-secret',
      says: isSigned ? 'A signature that somebody made up.' : 'A wrong secret.',
      example: {
        ...(now !== undefined && { now }),
        request: { same: name, ...same },
        expect: { status: '401', outcome: 'refused' },
      },
    },
  ];
}

function madeUp({ path }: Manifest, { secret, at = '' }: VerifyBlock, request: Request): Request {
  const basic = Buffer.from(`example-${secret}`).toString('base64');
  const text = JSON.stringify(request)
    .replaceAll(`{secret.${secret}}`, 'not-the-secret')
    .replaceAll(basic, Buffer.from('not-the-secret').toString('base64'))
    .replace(/\{signature(\.base64)?\}/g, (_, inBase64) =>
      Buffer.alloc(32, 0xa5).toString(inBase64 ? 'base64' : 'hex'),
    );
  const changed = unchangedKept(request, JSON.parse(text) as Request);
  if (at.startsWith('path.')) return { ...changed, path: path.replace(/\{[a-z]+\}/, 'not-the-secret') };
  return text === JSON.stringify(request) ? (withValue(request, at, 'not-the-secret') ?? request) : changed;
}

/** Parts that are equal stay the same objects, so that only the others are written beside `same`. */
const unchangedKept = (base: Request, changed: Request): Request => ({
  ...base,
  ...Object.fromEntries(
    Object.entries(changed).filter(
      ([key, value]) => JSON.stringify(base[key as keyof Request]) !== JSON.stringify(value),
    ),
  ),
});
