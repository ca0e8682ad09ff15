import { parseExpression, type Companion } from '../expression.ts';
import { fieldKinds, fieldNames } from '../fields.ts';
import { companionOf } from '../read/companions.ts';
import { fieldReader } from '../read/reader.ts';
import { compileStatus } from '../read/status.ts';
import { beginsNoWord, foldBeginning, foldWord, statusEntries } from '../read/statuses.ts';
import type { Fields } from '../schema.ts';
import { attempt } from './attempt.ts';
import type { PlaceCheck } from './places.ts';
import type { Problem } from './problems.ts';

export interface Surroundings {
  /** Where these fields stand in the manifest. */
  path: PropertyKey[];
  /** What a variant inherits; undefined for the common fields themselves, which need not be whole. */
  common: Fields | undefined;
  checkPlaces: PlaceCheck;
}

export function checkFields(fields: Fields, { path, common, checkPlaces }: Surroundings): Problem[] {
  const place = (at: PropertyKey[], from: string, companion?: Companion) =>
    attempt([...path, ...at], () => checkPlaces(parseExpression(from, companion)));
  const subIds =
    typeof fields.subIds === 'object' && 'from' in fields.subIds ? fields.subIds.from : fields.subIds;
  const plain = fieldNames.flatMap((name) => {
    const value = fields[name];
    if (value === undefined) return [];
    return attempt([...path, name], () => {
      fieldReader(name, value);
      const { from, less } = typeof value === 'string' ? { from: value } : value;
      checkPlaces(parseExpression(from, companionOf[fieldKinds[name].kind]));
      if (less !== undefined) checkPlaces(parseExpression(less));
    }, `${name}: `); // prettier-ignore
  });
  return [
    ...plain,
    ...listed(subIds).flatMap(([at, from]) => place(['subIds', ...at], from)),
    ...listed(fields.extra).flatMap(([at, from]) => place(['extra', ...at], from)),
    ...(fields.test ? place(['test', 'from'], fields.test.from) : []),
    ...listed(fields.test?.yes)
      .filter(([, word]) => beginsNoWord(word))
      .map(([at, word]) => ({
        path: [...path, 'test', 'yes', ...at],
        message: `test: "${word}" begins no word`,
      })),
    ...(fields.status ? checkStatus(fields.status, [...path, 'status'], checkPlaces) : []),
    ...(common ? checkWhole({ ...common, ...fields }, path) : []),
  ];
}

const listed = (texts: string | string[] | undefined): [at: PropertyKey[], text: string][] =>
  Array.isArray(texts) ? texts.map((text, i) => [[i], text]) : texts === undefined ? [] : [[[], texts]];

function checkWhole(fields: Fields, path: PropertyKey[]): Problem[] {
  const missing = (['conversionId', 'status'] as const).filter((name) => fields[name] === undefined);
  return missing.map((name) => ({ path, message: `fields: "${name}" is missing` }));
}

function checkStatus(
  status: NonNullable<Fields['status']>,
  path: PropertyKey[],
  checkPlaces: PlaceCheck,
): Problem[] {
  const words = statusEntries(status);
  const { from } = status;
  if (from === undefined && (words.length > 0 || !status.default))
    return [{ path: [...path, 'from'], message: `${path.join('.')}.from is missing` }];
  if (from !== undefined && words.length === 0)
    return [{ path, message: 'status: no word of theirs stands under any of ours' }];
  const unclear = attempt([...path, 'from'], () => {
    compileStatus(status);
    if (from !== undefined) checkPlaces(parseExpression(from));
  }, 'status: '); // prettier-ignore
  return [...unclear, ...checkWords(words, path)];
}

function checkWords(words: ReturnType<typeof statusEntries>, path: PropertyKey[]): Problem[] {
  const seen = new Map<string, string>();
  return words.flatMap(([theirs, ours]) => {
    if (beginsNoWord(theirs))
      return [{ path: [...path, ours], message: `status: "${theirs}" begins no word` }];
    const folded = theirs.endsWith('*') ? `${foldBeginning(theirs.slice(0, -1))}*` : foldWord(theirs);
    const earlier = seen.get(folded);
    seen.set(folded, ours);
    return earlier && earlier !== ours
      ? [{ path: [...path, ours], message: `status: "${theirs}" stands under ${earlier} and ${ours}` }]
      : [];
  });
}
