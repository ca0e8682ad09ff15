import { z } from 'zod';

/** A word of a schema: the way to it (`verify.until`), and what it means. */
export interface Word {
  word: string;
  means: string;
}

/**
 * Every word below a schema, in its order. A part that stands in many places is told once: what all fields share under `fields.*`,
 * and what variants share with the manifest not at all.
 */
export function wordsOf(schema: z.ZodType): Word[] {
  const told = new Set<z.ZodType>();
  const shared = partsInMany(schema);
  const walk = (of: z.ZodType, path: string): Word[] => {
    const object = objectIn(of);
    if (!object) return [];
    const at = shared.has(object) ? path.replace(/[^.]*$/, '*') : path;
    return childrenOf(of).flatMap(([name, child]) => {
      const word = at === '' ? name : `${at}.${name}`;
      const means = child.description ?? bare(child).description;
      const again = told.has(child) || (child.description === undefined && told.has(bare(child)));
      told.add(child).add(bare(child));
      return [...(means === undefined || again ? [] : [{ word, means }]), ...walk(child, word)];
    });
  };
  return walk(schema, '');
}

/** Objects that stand in another under several names. */
function partsInMany(schema: z.ZodType): Set<z.ZodType> {
  const children = childrenOf(schema).map(([, child]) => child);
  const objects = children.flatMap((child) => objectIn(child) ?? []);
  const many = objects.filter((object, i) => objects.indexOf(object) !== i);
  return new Set([...many, ...children.flatMap((child) => [...partsInMany(child)])]);
}

const childrenOf = (schema: z.ZodType) => Object.entries<z.ZodType>(objectIn(schema)?.shape ?? {});

const bare = (schema: z.ZodType): z.ZodType =>
  schema instanceof z.ZodOptional || schema instanceof z.ZodDefault
    ? bare(schema.unwrap() as z.ZodType)
    : schema;

/** The object in an optional, a list or a union. */
function objectIn(schema: z.ZodType): z.ZodObject | undefined {
  const inner = bare(schema);
  if (inner instanceof z.ZodObject) return inner;
  if (inner instanceof z.ZodArray) return objectIn(inner.element as z.ZodType);
  if (!(inner instanceof z.ZodUnion)) return undefined;
  return (inner.options as z.ZodType[]).map(objectIn).find((option) => option !== undefined);
}
