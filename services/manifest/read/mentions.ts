import { fieldReader } from './reader.ts';
import { expand, variantsOf, compileVariant } from './reading.ts';
import type { Scope } from './scope.ts';
import type { Manifest } from '../schema.ts';

const named = ['conversionId', 'lineId', 'account', 'orderId'] as const;

/** Which sale a request names, as far as that can be read. */
export type Mention = Partial<Record<(typeof named)[number], string>>;

/** Compiles the finding of the sales that a request names which cannot be read, or was refused: one for each of its items. */
export function compileMentions(manifest: Manifest): (scope: Scope) => Mention[] {
  const variants = variantsOf(manifest).map((variant) => {
    const { applies, levels } = compileVariant(variant, manifest.repeat);
    const readers = named.flatMap((name) => {
      const value = variant.fields[name];
      return value === undefined ? [] : [[name, fieldReader(name, value)] as const];
    });
    return { applies, levels, readers };
  });
  return (scope) => {
    const variant = variants.find(({ applies }) => applies(scope)) ?? variants[0]!;
    const items = expand(variant.levels, scope);
    return ('reason' in items ? [scope] : items).map((item) => mentionIn(item, variant.readers));
  };
}

function mentionIn(
  item: Scope,
  readers: readonly (readonly [keyof Mention, ReturnType<typeof fieldReader>])[],
): Mention {
  const found = readers.flatMap(([name, reader]) => {
    const result = reader(item);
    return 'value' in result && typeof result.value === 'string' ? [[name, result.value]] : [];
  });
  return Object.fromEntries(found) as Mention;
}
