import { z } from 'zod';
import { nearest } from './suggest.ts';

/** Something wrong in a manifest: where, as keys and indexes from its top, and what, for its author. */
export interface Problem {
  path: PropertyKey[];
  message: string;
  /** The problem is with the key at the end of `path` itself, not with its value. */
  atKey?: boolean;
  /** The key that a misspelt one probably stands for: that it is missing is no problem of its own. */
  stands?: string;
}

/** zod's issues as sentences for people who have not heard of zod. */
export function problemsOf(error: z.ZodError, schema: z.ZodType, input: unknown): Problem[] {
  const problems = error.issues.flatMap((issue) => explain(issue, schema, input));
  const meant = new Set(problems.flatMap(({ stands }) => stands ?? []));
  return problems.filter(({ path, message }) => !(meant.has(name(path)) && message.endsWith(missing)));
}

const missing = ' is missing';

function explain(issue: z.core.$ZodIssue, schema: z.ZodType, input: unknown): Problem[] {
  const { path } = issue;
  if (issue.code === 'unrecognized_keys') {
    const known = knownKeys(schema, path);
    return issue.keys.map((key) => unknownKey(key, known, path));
  }
  if (issue.code === 'invalid_union') return explainUnion(issue, schema, input);
  if (issue.code === 'invalid_value')
    return [{ path, message: wrongChoice(issue.values, at(input, path), path) }];
  if (issue.code === 'too_small' || at(input, path) === '') return [{ path, message: name(path) + missing }];
  if (issue.code === 'invalid_key')
    return [{ path, atKey: true, message: `${name(path)}: ${issue.issues[0]?.message}` }];
  if (issue.code === 'invalid_type')
    return [{ path, message: wrongType(issue.expected, at(input, path), path) }];
  return [{ path, message: `${name(path)}: ${issue.message}` }];
}

/** Of a union's branches the one that the author meant is the one that fits the shape of what was written. */
function explainUnion(issue: z.core.$ZodIssueInvalidUnion, schema: z.ZodType, input: unknown): Problem[] {
  const fitting = issue.errors.find(
    (issues) => !issues.some((i) => i.code === 'invalid_type' && i.path.length === 0),
  );
  const inner = fitting ?? issue.errors[0] ?? [];
  return inner.flatMap((one) => explain({ ...one, path: [...issue.path, ...one.path] }, schema, input));
}

const name = (path: PropertyKey[]) => path.map(String).join('.') || 'the manifest';

function unknownKey(key: string, known: string[], path: PropertyKey[]): Problem {
  const meant = nearest(key, known);
  const hint = meant ? `, did you mean "${meant}"?` : `; known are ${known.join(', ')}`;
  return {
    path: [...path, key],
    atKey: true,
    message: `${path.length > 0 ? `${name(path)}: ` : ''}unknown key "${key}"${hint}`,
    ...(meant !== undefined && { stands: name([...path, meant]) }),
  };
}

function wrongChoice(values: readonly unknown[], got: unknown, path: PropertyKey[]): string {
  if (typeof got !== 'string' || got === '') return wrongType('string', got, path);
  const meant = nearest(got, values.map(String));
  return `"${got}" is none of ${values.join(', ')}${meant ? `; did you mean "${meant}"?` : ''}`;
}

function wrongType(expected: string, got: unknown, path: PropertyKey[]): string {
  if (got === undefined || got === '') return name(path) + missing;
  const words: Record<string, string> = {
    string: 'a single text',
    object: 'keys with values',
    array: 'a list',
    record: 'keys with values',
  };
  return `${name(path)} should be ${words[expected] ?? expected}`;
}

const at = (value: unknown, path: PropertyKey[]): unknown =>
  path.reduce((inner, key) => (inner as Record<PropertyKey, unknown> | undefined)?.[key], value);

/** The keys a schema knows at a path, through unions, lists and optional parts. */
function knownKeys(schema: z.ZodType, path: PropertyKey[]): string[] {
  let at: z.ZodType[] = [schema];
  for (const key of path) at = at.flatMap(objectsIn).flatMap((object) => child(object, key));
  return at
    .flatMap(objectsIn)
    .flatMap((object) => (object instanceof z.ZodObject ? Object.keys(object.shape) : []));
}

function child(schema: z.ZodType, key: PropertyKey): z.ZodType[] {
  if (schema instanceof z.ZodArray) return typeof key === 'number' ? [schema.element as z.ZodType] : [];
  if (schema instanceof z.ZodRecord) return [schema.valueType as z.ZodType];
  const shape = schema instanceof z.ZodObject ? (schema.shape as Record<PropertyKey, z.ZodType>) : {};
  return shape[key] ? [shape[key]] : [];
}

function objectsIn(schema: z.ZodType): z.ZodType[] {
  if (schema instanceof z.ZodOptional || schema instanceof z.ZodDefault)
    return objectsIn(schema.unwrap() as z.ZodType);
  if (schema instanceof z.ZodUnion) return (schema.options as z.ZodType[]).flatMap(objectsIn);
  return [schema];
}
