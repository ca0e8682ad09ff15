import { parseExpression, parseTemplate } from '../expression.ts';
import type { Manifest, VerifyBlock } from '../schema.ts';
import { addressMatcher } from '../verify/addresses.ts';
import { placedProofs } from '../verify/blocks.ts';
import { compileFreshness } from '../verify/freshness.ts';
import { compileProof } from '../verify/proof.ts';
import { compileSigned } from '../verify/signed.ts';
import { attempt } from './attempt.ts';
import { checkUnsigned } from './checkUnsigned.ts';
import { checkFitting, checkKeys } from './checkWords.ts';
import type { PlaceCheck } from './places.ts';
import type { Problem } from './problems.ts';

export function checkVerify(manifest: Manifest, checkPlaces: PlaceCheck): Problem[] {
  const { path, open } = manifest;
  const placed = placedProofs(manifest);
  const blocks = placed.map(({ block }) => block);
  const problems = placed.flatMap(({ block, path: where, beside }) => {
    const own = [...checkBlock(block, beside, manifest, checkPlaces), ...checkHole(block, path)];
    return own.map((problem) => ({
      path: [...where, ...problem.path],
      message: `verify: ${problem.message}`,
    }));
  });
  if (blocks.filter(({ none }) => none !== undefined).length > 1)
    problems.push({ path: ['verify'], message: 'verify: "none" once is enough' });
  const opened = open === undefined ? [] : attempt(['open'], () => checkPlaces(parseExpression(open)), 'open: '); // prettier-ignore
  return [...problems, ...opened, ...checkPath(path, blocks)];
}

/** Every secret in the path has a block that looks at it. */
function checkPath(path: string, blocks: VerifyBlock[]): Problem[] {
  const holes = [...path.matchAll(/\{([a-z]+)\}/g)].map((match) => match[1]!);
  const unused = holes.filter((hole) => !blocks.some(({ at }) => at?.includes(`path.${hole}`)));
  return unused.map((hole) => ({ path: ['path'], message: `path: {${hole}} is a secret that no verify block looks at: add "at: path.${hole}"` })); // prettier-ignore
}

/** Every secret that a block looks for in the path has its place there: else every request would be refused. */
function checkHole({ at }: VerifyBlock, path: string): Problem[] {
  const missing = [...(at ?? '').matchAll(/\bpath\.([a-z]+)/g)].filter(([, hole]) => !path.includes(`{${hole}}`)); // prettier-ignore
  return missing.map(([place, hole]) => ({
    path: ['at'],
    message: `"${place}" is looked for, but the path has no {${hole}}`,
  }));
}

function checkBlock(
  block: VerifyBlock,
  beside: VerifyBlock[],
  manifest: Manifest,
  checkPlaces: PlaceCheck,
): Problem[] {
  const ranges = (block.addresses ?? []).flatMap((range, i) => attempt(['addresses', i], () => addressMatcher([range]))); // prettier-ignore
  const rest = block.none === undefined ? checkProof(block, beside, manifest, checkPlaces) : checkNone(block);
  return [...ranges, ...rest];
}

function checkNone(block: VerifyBlock): Problem[] {
  const { none: _, until, addresses: __, ...rest } = block;
  const beside = Object.keys(rest).map((key) => ({ path: [key], message: `"${key}" has no meaning beside "none"` })); // prettier-ignore
  if (until) return beside;
  return [...beside, { path: ['none'], message: '"none" needs "until": the last day on which this counts' }];
}

function checkProof(
  block: VerifyBlock,
  beside: VerifyBlock[],
  manifest: Manifest,
  checkPlaces: PlaceCheck,
): Problem[] {
  const words = checkFitting(block);
  if (words.length > 0) return words;
  const parts = [
    ...attempt(['at'], () => checkPlaces(parseExpression(block.at!))),
    ...attempt(['iv'], () => block.iv !== undefined && checkPlaces(parseExpression(block.iv))),
    ...checkKeys(block),
    ...checkSigned(block, checkPlaces),
    ...checkCovered(block, checkPlaces),
  ];
  if (parts.length > 0) return parts;
  const whole = attempt([], () => compileProof(block));
  return whole.length > 0 ? whole : checkUnsigned(block, beside, manifest);
}

function checkSigned(block: VerifyBlock, checkPlaces: PlaceCheck): Problem[] {
  if (block.by === undefined || block.iv !== undefined) return [];
  return attempt(['of'], () => {
    compileSigned(block);
    checkPlaces([{ main: [parseTemplate(block.of ?? '{body}')] }]);
  });
}

/** Only where the signed text itself makes sense: what it covers cannot be said of another. */
function checkCovered(block: VerifyBlock, checkPlaces: PlaceCheck): Problem[] {
  const { of = '{body}', sentAt } = block;
  if (sentAt === undefined || attempt([], () => parseTemplate(of)).length > 0) return [];
  return attempt(['sentAt'], () => {
    checkPlaces(parseExpression(sentAt));
    compileFreshness(block);
  });
}
