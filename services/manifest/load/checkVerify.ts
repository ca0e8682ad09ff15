import { parseExpression, parseTemplate } from '../expression.ts';
import type { Manifest, VerifyBlock } from '../schema.ts';
import { addressMatcher } from '../verify/addresses.ts';
import { compileFreshness } from '../verify/freshness.ts';
import { compileProof } from '../verify/proof.ts';
import { compileSigned } from '../verify/signed.ts';
import { attempt } from './attempt.ts';
import type { PlaceCheck } from './places.ts';
import type { Problem } from './problems.ts';

export function checkVerify({ verify, path }: Manifest, checkPlaces: PlaceCheck): Problem[] {
  const list = Array.isArray(verify);
  const blocks = [verify].flat();
  const problems = blocks.flatMap((block, i) => {
    const where = list ? ['verify', i] : ['verify'];
    const own = [...checkBlock(block, checkPlaces), ...checkHole(block, path)];
    return own.map((problem) => ({
      path: [...where, ...problem.path],
      message: `verify: ${problem.message}`,
    }));
  });
  if (blocks.filter(({ none }) => none !== undefined).length > 1)
    problems.push({ path: ['verify'], message: 'verify: "none" once is enough' });
  return [...problems, ...checkPath(path, blocks)];
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
    message: `${place} is no part of the path: write path: ${path}/{${hole}}`,
  }));
}

function checkBlock(block: VerifyBlock, checkPlaces: PlaceCheck): Problem[] {
  const ranges = (block.addresses ?? []).flatMap((range, i) => attempt(['addresses', i], () => addressMatcher([range]))); // prettier-ignore
  return [...ranges, ...(block.none === undefined ? checkProof(block, checkPlaces) : checkNone(block))];
}

function checkNone(block: VerifyBlock): Problem[] {
  const keys = (['secret', 'at', 'by', 'of', 'sentAt', 'within'] as const).filter(
    (key) => block[key] !== undefined,
  );
  const beside = keys.map((key) => ({ path: [key], message: `"${key}" has no meaning beside "none"` }));
  if (block.until) return beside;
  return [...beside, { path: ['none'], message: '"none" needs "until": the last day on which this counts' }];
}

function checkProof(block: VerifyBlock, checkPlaces: PlaceCheck): Problem[] {
  const { at, by, of, sentAt, within } = block;
  const problems: Problem[] = [];
  for (const key of ['secret', 'at'] as const)
    if (block[key] === undefined)
      problems.push({ path: [], message: `"${key}" is missing (or say "none" and why)` });
  if (of !== undefined && by === undefined)
    problems.push({ path: ['of'], message: '"of" says what is signed; "by" must say how' });
  if (within !== undefined && sentAt === undefined)
    problems.push({ path: ['within'], message: '"within" needs "sentAt": the time it is counted from' });
  if (problems.length > 0) return problems;
  const parts = [
    ...attempt(['at'], () => checkPlaces(parseExpression(at!))),
    ...attempt(['of'], () => {
      const template = parseTemplate(of ?? '{body}');
      compileSigned(template);
      checkPlaces([{ main: [template] }]);
    }),
    ...checkCovered(block, checkPlaces),
  ];
  return parts.length > 0 ? parts : attempt([], () => compileProof(block));
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
