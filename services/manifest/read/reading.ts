import type { Reason } from '../../contract/records.ts';
import { compileConversion, type Conversion, type Draft } from './conversion.ts';
import { parseExpression } from '../expression.ts';
import { fail, type Reader } from './fail.ts';
import { standsBeside } from './once.ts';
import { fieldReader } from './reader.ts';
import { compileStatus, type StatusRead } from './status.ts';
import { secretPlaces } from '../mask.ts';
import type { Fields, Manifest } from '../schema.ts';
import type { Scope } from './scope.ts';

/** What a verified request says: conversions, that it carries none, or why it cannot be read. */
export type Reading = { drafts: Draft[] } | { probe: string } | { reasons: Reason[] };

/** More conversions than any request is known to carry, and than Pub/Sub takes in one call (1,000). */
const mostItems = 500;

export interface Variant {
  applies: (scope: Scope) => boolean;
  levels: [name: string, path: string][];
  convert: (scope: Scope) => Conversion;
  /** The status, where it stands beside the items: a console's ping has a status and no items. */
  statusBeside: Reader<StatusRead> | undefined;
  conversionId: Reader<unknown>;
}

/** Compiles variants, items and fields into the reading of a request. A request is read whole or not at all. */
export function compileReading(manifest: Manifest): {
  read: (scope: Scope) => Reading;
  /** The conversion id, if it can be seen: what makes a refused request worth keeping. */
  conversionId: (scope: Scope) => string | undefined;
} {
  const variants = variantsOf(manifest).map((variant) => compileVariant(variant, manifest.repeat));
  const isProbe = compileProbe(manifest);
  return {
    read(scope) {
      if (isProbe(scope)) return { probe: 'it carries no parameter' };
      const { body } = scope;
      if (body.is === 'unreadable') return { reasons: [{ field: 'request', why: body.why }] };
      const variant = variants.find(({ applies }) => applies(scope));
      return variant
        ? readItems(variant, scope)
        : { reasons: [{ field: 'request', why: 'fits no variant of the manifest' }] };
    },
    conversionId(scope) {
      for (const variant of variants)
        for (const item of itemsOf(variant, scope)) {
          const result = variant.conversionId(item);
          if ('value' in result && typeof result.value === 'string') return result.value;
        }
      return undefined;
    },
  };
}

export interface VariantText {
  when?: string | undefined;
  each?: Record<string, string> | undefined;
  fields: Fields;
}

/** A variant has the common fields and its own; one without `when` is tried last. */
export function variantsOf({ variants, each, fields }: Manifest): VariantText[] {
  if (!variants) return [{ each, fields: fields ?? {} }];
  const whole = variants.map((variant) => ({ each, ...variant, fields: { ...fields, ...variant.fields } }));
  return [
    ...whole.filter(({ when }) => when !== undefined),
    ...whole.filter(({ when }) => when === undefined),
  ];
}

export function compileVariant(
  { when, each = {}, fields }: VariantText,
  repeat: Manifest['repeat'],
): Variant {
  const names = when === undefined ? [] : parseExpression(when).flatMap(({ main }) => main.flat());
  const isSent = (scope: Scope) =>
    names.some((part) => typeof part === 'object' && scope.find(part.name).sent);
  return {
    applies: when === undefined ? () => true : isSent,
    levels: Object.entries(each),
    convert: compileConversion(fields, repeat, each),
    statusBeside: standsBeside(fields.status?.from, each) ? compileStatus(fields.status) : undefined,
    conversionId: fields.conversionId === undefined ? () => fail('conversionId', 'is not mapped by the manifest') : fieldReader('conversionId', fields.conversionId), // prettier-ignore
  };
}

/** A console's "test" button: a request that brings nothing but its secret. */
function compileProbe(manifest: Manifest): (scope: Scope) => boolean {
  const secretAt = new Set(secretPlaces(manifest).map((name) => name.replace(/^(query|body)\./, '')));
  return (scope) => scope.body.is === 'empty' && [...scope.query.keys()].every((name) => secretAt.has(name));
}

function readItems({ levels, convert, statusBeside }: Variant, scope: Scope): Reading {
  const status = statusBeside?.(scope);
  if (status && 'value' in status && status.value?.meaning === 'ignored')
    return { probe: isNone(status.value.word, scope) };
  const items = expand(levels, scope);
  if ('reason' in items) return { reasons: [items.reason] };
  if (items.length > mostItems)
    return { reasons: [{ field: 'each', why: `has more than ${mostItems} items` }] };
  const conversions = items.map((item) => convert(item));
  const reasons = conversions.flatMap((conversion, i) =>
    reasonsOf(conversion, levels.length > 0 ? `${i}.` : ''),
  );
  if (reasons.length > 0) return { reasons: reasons.slice(0, 50) };
  const drafts = conversions.flatMap((conversion) => ('draft' in conversion ? conversion.draft : []));
  const ignored = conversions.find((conversion) => 'ignored' in conversion);
  return drafts.length > 0 ? { drafts } : { probe: isNone(ignored?.ignored, scope) };
}

const isNone = (word: string | undefined, scope: Scope) =>
  `"${scope.hide(word)?.slice(0, 200)}" is no conversion`;

function reasonsOf(conversion: Conversion, prefix: string): Reason[] {
  if (!('reasons' in conversion)) return [];
  return conversion.reasons.map((reason) => ({ ...reason, field: prefix + reason.field }));
}

/** The items of a request that was refused, as far as they can be seen; its envelope where they cannot. */
function itemsOf({ levels }: Variant, scope: Scope): Scope[] {
  const items = expand(levels, scope);
  return 'reason' in items ? [scope] : items.slice(0, mostItems);
}

/** One scope per item, level by level. A list that is missing or empty is unreadable: a sale may have been in it. */
export function expand(levels: Variant['levels'], scope: Scope): Scope[] | { reason: Reason } {
  let scopes = [scope];
  for (const [name, path] of levels) {
    const lists = scopes.map((outer) => [outer, outer.item(path)] as const);
    if (lists.some(([, list]) => !Array.isArray(list) || list.length === 0))
      return fail(`each.${name}`, `${path} is not a list with items`);
    scopes = lists.flatMap(([outer, list]) =>
      (list as unknown[]).map((item) => outer.inside({ [name]: item })),
    );
  }
  return scopes;
}
