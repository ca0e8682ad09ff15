import { z } from 'zod';
import { manifestSchema } from './manifest/schema.ts';

/** The manifest's words as a table for partners/README.md, from the schema that checks them. */
export function vocabulary(): string {
  const rows = wordsOf(manifestSchema, '', new Set()).map(
    ([word, says]) => `| \`${word}\` | ${says.replaceAll('|', '\\|')} |`,
  );
  return ['| word | meaning |', '| --- | --- |', ...rows].join('\n');
}

/** Every word below a schema, named by the way to it: `verify.until`. A part that occurs in many places is described once. */
function wordsOf(schema: z.ZodType, path: string, described: Set<z.ZodType>): [word: string, says: string][] {
  const inner = unwrap(schema);
  if (!(inner instanceof z.ZodObject) || described.has(inner)) return [];
  described.add(inner);
  return Object.entries(inner.shape as Record<string, z.ZodType>).flatMap(
    ([name, child]): [string, string][] => {
      const word = path ? `${path}.${name}` : name;
      const says = child.description ?? unwrap(child).description;
      const deeper = wordsOf(child, word, described);
      return says ? [[word, says], ...deeper] : deeper;
    },
  );
}

/** The object in what may be missing, a list or a union. */
function unwrap(schema: z.ZodType): z.ZodType {
  if (schema instanceof z.ZodOptional || schema instanceof z.ZodDefault)
    return unwrap(schema.unwrap() as z.ZodType);
  if (schema instanceof z.ZodArray) return unwrap(schema.element as z.ZodType);
  if (!(schema instanceof z.ZodUnion)) return schema;
  const options = (schema.options as z.ZodType[]).map(unwrap);
  return options.find((option) => option instanceof z.ZodObject) ?? schema;
}

const begin = '<!-- words: npm run generate -->';
const end = '<!-- /words -->';

/** A text with the table between its marks renewed. */
export function withVocabulary(readme: string): string {
  const [before = '', rest = ''] = readme.split(begin);
  return `${before}${begin}\n\n${vocabulary()}\n\n${end}${rest.split(end)[1] ?? ''}`;
}
