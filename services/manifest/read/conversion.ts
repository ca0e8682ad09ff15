import type { Minus } from '../../contract/amount.ts';
import type { ConversionEvent } from '../../contract/event.ts';
import type { Reason } from '../../contract/records.ts';
import type { Status } from '../../contract/status.ts';
import { fieldNames, type FieldName } from '../fields.ts';
import type { Reader } from './fail.ts';
import { once, standsBeside } from './once.ts';
import { distinctReader, fieldReader, textReader } from './reader.ts';
import type { Fields, Manifest } from '../schema.ts';
import type { Scope } from './scope.ts';
import { compileStatus, compileTest } from './status.ts';
import type { StatusMeaning } from './statuses.ts';
import { subIdReaders } from './subIds.ts';

/** What the fields of one conversion say, before it is known when and how it came. */
export type Draft = Partial<
  Pick<
    ConversionEvent,
    | 'account'
    | 'conversionId'
    | 'lineId'
    | 'orderId'
    | 'clickId'
    | 'publisherRef'
    | 'offer'
    | 'product'
    | 'saleAmount'
    | 'commission'
    | 'localSaleAmount'
    | 'localCommission'
    | 'occurredAt'
    | 'clickedAt'
    | 'updatedAt'
    | 'partnerStatus'
    | 'adds'
  >
> & { subIds: string[]; status: Status; test: boolean; extra: Record<string, string> };

export type Conversion = { draft: Draft } | { ignored: string } | { reasons: Reason[] };

/** Flat names that the contract puts together as `offer {id, name}` and `product {id, name, quantity}`. */
const parts: Partial<Record<FieldName | 'adds', [group: 'offer' | 'product', part: string]>> = {
  offerId: ['offer', 'id'],
  offerName: ['offer', 'name'],
  productId: ['product', 'id'],
  productName: ['product', 'name'],
  quantity: ['product', 'quantity'],
};

/** Compiles the fields of a manifest (or of a variant) into a function that reads one conversion. Every reason, not the first. */
export function compileConversion(
  fields: Fields,
  repeat: Manifest['repeat'],
  each: Readonly<Record<string, string>>,
): (scope: Scope) => Conversion {
  const onceBeside = <T>(from: string | undefined, reader: Reader<T>, less = from) =>
    standsBeside(from, each) && standsBeside(less, each) ? once(reader) : reader;
  const plain = fieldNames.flatMap((name) => {
    const value = fields[name];
    if (value === undefined) return [];
    const { from, less } = typeof value === 'string' ? { from: value } : value;
    return [[name, onceBeside(from, fieldReader(name, value), less)] as const];
  });
  const subIds = subIdReaders(fields.subIds);
  const distinct = repeat?.distinct === undefined ? undefined : distinctReader(repeat.distinct);
  const extra = (fields.extra ?? []).map((name) => [name, textReader(`extra.${name}`, name)] as const);
  const readStatus = onceBeside(fields.status?.from, compileStatus(fields.status));
  const isTest = onceBeside(fields.test?.from, compileTest(fields.test));

  return (scope) => {
    const reasons: Reason[] = [];
    const take = <T>(reader: Reader<T>, minus?: Minus) => {
      const result = reader(scope, minus);
      if ('value' in result) return result.value;
      reasons.push(result.reason);
      return undefined;
    };
    const status = take(readStatus);
    if (status?.meaning === 'ignored') return { ignored: status.word ?? '' };
    const values: Record<string, unknown> = {};
    const minus = minusOf(status?.meaning, repeat);
    if (distinct && minus === 'kept') put(values, 'adds', take(distinct));
    for (const [name, reader] of plain) put(values, name, take(reader, minus));
    if (status?.word !== undefined) values.partnerStatus = status.word;
    const slots = withoutLastGaps(subIds.flatMap((reader) => take(reader) ?? ''));
    const test = take(isTest) ?? false;
    const beside = extra.length === 0 ? {} : present(extra.map(([name, reader]) => [name, take(reader)]));
    if (reasons.length > 0 || !status) return { reasons };
    return { draft: { ...values, subIds: slots, test, extra: beside, status: status.meaning } };
  };
}

/** What is added keeps its minus; of a reversal the word says already what a minus would. */
export function minusOf(meaning: StatusMeaning | undefined, repeat: Manifest['repeat']): Minus {
  if (meaning === 'adjusted' || repeat?.amounts === 'add') return 'kept';
  return meaning === 'reversed' ? 'dropped' : 'refused';
}

function put(values: Record<string, unknown>, name: FieldName | 'adds', value: unknown): void {
  if (value === undefined) return;
  const [group, part] = parts[name] ?? [];
  if (group === undefined) values[name] = value;
  else ((values[group] ??= {}) as Record<string, unknown>)[part!] = value;
}

const present = (entries: [name: string, value: string | undefined][]) =>
  Object.fromEntries(entries.filter((entry): entry is [string, string] => entry[1] !== undefined));

function withoutLastGaps(slots: string[]): string[] {
  const last = slots.findLastIndex((slot) => slot !== '');
  return slots.slice(0, last + 1);
}
