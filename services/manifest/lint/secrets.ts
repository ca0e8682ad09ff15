import type { Problem } from '../load/problems.ts';
import type { Manifest } from '../schema.ts';
import { placedProofs } from '../verify/blocks.ts';

/** A value that nobody types by hand, where a manifest is public: a secret that was pasted in with the rest of a URL. */
export function lintSecrets(manifest: Manifest): Problem[] {
  const { path, setup, ours = {} } = manifest;
  const blocks = placedProofs(manifest).flatMap(({ block, path: where }): [PropertyKey[], string | undefined][] =>
    [[[...where, 'of'], block.of], [[...where, 'none'], block.none]]); // prettier-ignore
  // An app key looks like a secret and is none.
  const isPublic = (word: string) => Object.values(ours).some((value) => value.includes(word));
  const pasted = [setup?.paste ?? []].flat();
  const texts: [PropertyKey[], string | undefined][] = [
    [['path'], path],
    ...pasted.map((text, i): [PropertyKey[], string] => [Array.isArray(setup?.paste) ? ['setup', 'paste', i] : ['setup', 'paste'], text]),
    [['setup', 'where'], setup?.where],
    ...blocks,
  ]; // prettier-ignore
  return texts.flatMap(([at, text = '']) => {
    const found = wordsOf(text).find((word) => looksRandom(word) && !isPublic(word));
    if (found === undefined) return [];
    return [{ path: at, message: `"${found.slice(0, 4)}.." looks like a secret, and manifests are no place for one: write {token} or name it under verify.secret, and have a new one made` }]; // prettier-ignore
  });
}

/** Macros, in whatever brackets, are names. */
const wordsOf = (text: string) =>
  text.replace(/\{[^}]*\}|\([^)]*\)|\[+[^\]]*\]+/g, ' ').match(/[A-Za-z0-9_+~-]{16,}/g) ?? [];

/** Letters and digits in turn, and few of them twice: `8f3kQ0..`, not `transaction_id_2` nor `2026-11-24T10-00-00`. */
function looksRandom(word: string): boolean {
  const turns = word.match(/[0-9][A-Za-z]|[A-Za-z][0-9]/g)?.length ?? 0;
  return turns >= 3 && bitsPerSign(word) > 3;
}

function bitsPerSign(word: string): number {
  const counts = new Map<string, number>();
  for (const sign of word) counts.set(sign, (counts.get(sign) ?? 0) + 1);
  return [...counts.values()].reduce(
    (bits, count) => bits - (count / word.length) * Math.log2(count / word.length),
    0,
  );
}
