import { compileAnswers } from '../answers.ts';
import { parseExpression } from '../expression.ts';
import type { Manifest } from '../schema.ts';
import { attempt } from './attempt.ts';
import { checkFields, type Surroundings } from './checkFields.ts';
import { checkRepeat } from './checkRepeat.ts';
import { checkReport } from './checkReport.ts';
import { checkVerify } from './checkVerify.ts';
import { placeChecker } from './places.ts';
import type { Problem } from './problems.ts';

/** First path segments that are ours: a partner of that name would stand in the way of our own pages and services. */
const reserved = [
  'ledger',
  'console',
  'sync',
  'health',
  'events',
  'api',
  'gateway',
  'linkshare',
  'admin',
  'local',
];

/** What the schema cannot say: whether the parts of a manifest fit each other. Every problem, not the first. */
export function check(manifest: Manifest): Problem[] {
  const taken = reserved.includes(manifest.id)
    ? [{ path: ['id'], message: `id: "${manifest.id}" is a word of our own; take another` }]
    : [];
  const alone = isReportAlone(manifest);
  return [
    ...taken,
    ...(alone ? checkNoPostback(manifest) : checkPostback(manifest)),
    ...checkReport(manifest, (reading) => [
      ...(alone ? checkIdentity(reading) : []),
      ...checkReading(reading, placeChecker(reading)),
    ]),
  ];
}

/** A network that never calls us: its report is all there is. */
const isReportAlone = ({ path, verify, report }: Manifest) =>
  path === '' && [verify].flat().length === 0 && report !== undefined;

/** What speaks of postbacks, where nobody calls. */
function checkNoPostback(manifest: Manifest): Problem[] {
  const words = ['open', 'each', 'fields', 'variants', 'repeat', 'answers', 'setup', 'deploy'] as const;
  return words
    .filter((word) => manifest[word] !== undefined)
    .map((word) => ({ path: [word], atKey: true, message: `${word}: nobody calls here, since there is no path: what speaks of the report stands under "report"` })); // prettier-ignore
}

function checkPostback(manifest: Manifest): Problem[] {
  const checkPlaces = placeChecker(manifest);
  return [
    ...checkPath(manifest),
    ...checkVerify(manifest, checkPlaces),
    ...checkIdentity(manifest),
    ...checkReading(manifest, checkPlaces),
    ...checkRepeat(manifest, checkPlaces),
    ...checkAnswers(manifest),
  ];
}

function checkPath({ id, path, verify }: Manifest): Problem[] {
  const problems: Problem[] = [];
  if ([verify].flat().length === 0) problems.push({ path: ['verify'], message: 'verify is missing' });
  if (path === '') return [...problems, { path: ['path'], message: 'path is missing' }];
  if (path !== `/${id}` && !path.startsWith(`/${id}/`))
    problems.push({
      path: ['path'],
      message: `path: begins with /${id} or /${id}/, so that no two partners meet`,
    });
  return problems;
}

/** A part of the identity that no template maps would be left out of every key without a word. */
function checkIdentity({ identity, fields, variants = [] }: Manifest): Problem[] {
  if (!identity) return [];
  const path = ['identity'];
  if (!identity.includes('conversionId'))
    return [{ path, message: 'identity: conversionId is always part of it' }];
  const mapped = [fields, ...variants.map((variant) => variant.fields)];
  const missing = identity.filter((name) => !mapped.some((each) => each?.[name] !== undefined));
  return missing
    .filter((name) => name !== 'conversionId')
    .map((name) => ({ path, message: `identity: "${name}" is mapped under no fields` }));
}

function checkReading(manifest: Manifest, checkPlaces: Surroundings['checkPlaces']): Problem[] {
  const { fields = {}, variants, each } = manifest;
  const levels = checkLevels(each, ['each'], checkPlaces);
  if (!variants) return [...levels, ...checkFields(fields, { path: ['fields'], common: {}, checkPlaces })];
  const own = variants.flatMap((variant, i) => [
    ...checkFields(variant.fields, { path: ['variants', i, 'fields'], common: fields, checkPlaces }),
    ...attempt(['variants', i, 'when'], () => checkPlaces(parseExpression(variant.when ?? 'x'))),
    ...checkLevels(variant.each, ['variants', i, 'each'], checkPlaces),
  ]);
  const shared = checkFields(fields, { path: ['fields'], common: undefined, checkPlaces });
  return [...own, ...checkWhen(variants), ...levels, ...shared];
}

function checkAnswers({ answers = {} }: Manifest): Problem[] {
  return Object.entries(answers).flatMap(([outcome, said]) =>
    attempt(['answers', outcome], () => compileAnswers({ [outcome]: said }), `answers.${outcome}: `),
  );
}

function checkWhen(variants: NonNullable<Manifest['variants']>): Problem[] {
  const seen = new Set<string | undefined>();
  return variants.flatMap(({ when }, i) => {
    const again = seen.has(when);
    seen.add(when);
    if (!again) return [];
    return when === undefined
      ? [{ path: ['variants'], message: 'variants: only one may be without "when"' }]
      : [{ path: ['variants', i, 'when'], message: `variants: "${when}" already chooses an earlier one` }];
  });
}

function checkLevels(
  each: Record<string, string> | undefined,
  path: PropertyKey[],
  checkPlaces: Surroundings['checkPlaces'],
): Problem[] {
  return Object.entries(each ?? {}).flatMap(([name, list]) => {
    if (['header', 'query', 'path', 'body'].includes(name))
      return [{ path: [...path, name], message: `each: "${name}" already means something; take another name` }]; // prettier-ignore
    return attempt([...path, name], () => checkList(list, checkPlaces), 'each: ');
  });
}

/** A list is in a JSON body; a key of theirs that is called like one of our roots is written with `body.` before it. */
function checkList(list: string, checkPlaces: Surroundings['checkPlaces']): void {
  if (/^(header|query|path)(\.|$)/.test(list))
    throw new SyntaxError(`"${list}" would not be looked for in the body: write "body.${list}"`);
  const expression = parseExpression(list);
  if (expression.length > 1)
    throw new SyntaxError(`"${list}" is more than one list: give each a variant, with "when" and an "each" of its own`); // prettier-ignore
  checkPlaces(expression);
}
