import type { Reason } from '../../contract/records.ts';
import { allReferences, parseExpression, type Companion } from '../expression.ts';
import { fieldKinds, fieldNames } from '../fields.ts';
import { companionOf } from '../read/companions.ts';
import { minusOf } from '../read/conversion.ts';
import type { Reader } from '../read/fail.ts';
import { distinctReader, fieldReader, textReader } from '../read/reader.ts';
import type { Scope } from '../read/scope.ts';
import { compileStatus, compileTest } from '../read/status.ts';
import { subIdReaders } from '../read/subIds.ts';
import type { Fields, Manifest, Value } from '../schema.ts';

/** One field: where it was looked for, what stood there, and what it became. */
export interface FieldStep {
  field: string;
  /** Their place, as the manifest writes it. */
  from: string;
  /** Each place of it with what stood there; without `value` nothing was sent. */
  found: { place: string; value?: string }[];
  /** What it became: undefined is a field that may be missing and is. */
  became?: string;
  /** Why it cannot be read. */
  why?: string;
}

type Step = [
  field: string,
  from: string,
  read: Reader<unknown>,
  companion?: Companion,
  less?: string | undefined,
];

/** Explains the fields of one conversion in the order in which they are read. */
export function explainFields(fields: Fields, repeat: Manifest['repeat'], scope: Scope): FieldStep[] {
  const status = compileStatus(fields.status);
  const meaning = status(scope);
  const minus = minusOf('value' in meaning ? meaning.value?.meaning : undefined, repeat);
  return stepsOf(fields, repeat).map(([field, from, read, companion, less = '']) => {
    const result = read(scope, minus);
    const found = [...placesOf(from, companion), ...placesOf(less)].map((place) => ({
      place,
      ...valueAt(scope, place),
    }));
    return { field, from, found, ...outcomeOf(result, scope) };
  });
}

function stepsOf(fields: Fields, repeat: Manifest['repeat']): Step[] {
  const { status, test, subIds, extra = [] } = fields;
  const plain = fieldNames.flatMap((name): Step[] => {
    const value = fields[name];
    const kind = companionOf[fieldKinds[name].kind];
    return value === undefined ? [] : [[name, fromOf(value), fieldReader(name, value), kind, lessOf(value)]];
  });
  const slots = [subIds ?? []].flat();
  return [
    ['status', status?.from ?? '', compileStatus(status)],
    ...(repeat?.distinct === undefined ? [] : [['repeat.distinct', repeat.distinct, distinctReader(repeat.distinct)] as Step]),
    ...plain,
    ...subIdReaders(subIds).map((read, i): Step => [Array.isArray(subIds) ? `subIds.${i}` : 'subIds', fromOf(slots[i]!), read]),
    ...(test === undefined ? [] : [['test', test.from, compileTest(test)] as Step]),
    ...extra.map((name): Step => [`extra.${name}`, name, textReader(`extra.${name}`, name)]),
  ]; // prettier-ignore
}

const fromOf = (value: string | { from: string }) => (typeof value === 'string' ? value : value.from);

const lessOf = (value: Value) => (typeof value === 'string' ? undefined : value.less);

const placesOf = (from: string, companion?: Companion) =>
  from === '' ? [] : [...new Set(allReferences(parseExpression(from, companion)).map(({ name }) => name))];

function valueAt(scope: Scope, place: string): { value?: string } {
  const found = scope.find(place);
  if (!found.sent) return {};
  return { value: 'problem' in found ? `(${found.problem})` : found.values.map((value) => scope.hide(value)).join(' | ') }; // prettier-ignore
}

function outcomeOf(
  result: { value: unknown } | { reason: Reason },
  scope: Scope,
): Pick<FieldStep, 'became' | 'why'> {
  if ('reason' in result) return { why: result.reason.why };
  const text = asText(result.value);
  return text === undefined ? {} : { became: scope.hide(text) };
}

function asText(value: unknown): string | undefined {
  if (value === undefined) return undefined;
  if (Array.isArray(value)) return value.join(', ');
  if (typeof value === 'object' && value !== null) {
    const { meaning, amount, currency } = value as { meaning?: string; amount?: string; currency?: string };
    return meaning ?? `${amount} ${currency}`;
  }
  return typeof value === 'string' ? value : JSON.stringify(value);
}
