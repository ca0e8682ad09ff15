/** TikTok's own OpenAPI files: what a request must look like, and what the documented answer is. */
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

export interface Schema {
  type?: string;
  properties?: Record<string, Schema>;
  items?: Schema;
  required?: string[];
  example?: unknown;
  description?: string;
}

interface Parameter {
  in: 'query' | 'header' | 'path';
  name: string;
  required?: boolean;
  schema: Schema;
}

export interface Operation {
  parameters?: Parameter[];
  requestBody?: { content: Record<string, { schema: Schema }> };
  responses: Record<string, { content: Record<string, { schema: Schema }> }>;
}

const folder = join(
  dirname(new URL(import.meta.resolve('@tts-open-toolkit/cli/package.json')).pathname),
  'skills/tts-openapi-guide/references/oas/paths',
);

const files = new Map<string, Record<string, Record<string, Operation>>>();

function pathsOf(module: string): Record<string, Record<string, Operation>> {
  if (!/^[a-z_]+$/.test(module)) return {};
  let paths = files.get(module);
  if (!paths) {
    try {
      const text = readFileSync(join(folder, `${module}.json`), 'utf8');
      paths = (JSON.parse(text) as { paths: Record<string, Record<string, Operation>> }).paths;
    } catch {
      paths = {};
    }
    files.set(module, paths);
  }
  return paths;
}

/** The operation of a path as it was called, or which part of it TikTok does not have. */
export function findOperation(method: string, path: string): Operation | 'no path' | 'no method' {
  const paths = pathsOf(path.split('/')[1] ?? '');
  const template = paths[path] ? path : Object.keys(paths).find((each) => matches(each, path));
  if (template === undefined) return 'no path';
  return paths[template]![method.toLowerCase()] ?? 'no method';
}

const matches = (template: string, path: string) =>
  template.includes('{') && new RegExp(`^${template.replace(/\{[^}]+\}/g, '[^/]+')}$`).test(path);

/** What every signed request carries beside what its operation lists. */
const common = ['app_key', 'timestamp', 'sign'];

/** Everything about a request that TikTok's file does not allow. */
export function violations(
  operation: Operation,
  { query, headers, body }: { query: URLSearchParams; headers: Record<string, unknown>; body: string },
): string[] {
  const parameters = operation.parameters ?? [];
  const inQuery = parameters.filter((each) => each.in === 'query');
  const known = new Set([...common, ...inQuery.map(({ name }) => name)]);
  const found = [...query.keys()]
    .filter((name) => !known.has(name))
    .map((name) => `query ${name} is unknown`);
  for (const name of common) if (!query.has(name)) found.push(`query ${name} is missing`);
  for (const { name, required, schema } of inQuery) {
    const value = query.get(name);
    if (value === null && required) found.push(`query ${name} is missing`);
    if (value !== null && schema.type === 'integer' && !/^-?\d+$/.test(value))
      found.push(`query ${name} is no integer`);
  }
  for (const { name } of parameters.filter((each) => each.in === 'header' && each.required))
    if (headers[name.toLowerCase()] === undefined) found.push(`header ${name} is missing`);
  if (headers['content-type'] !== 'application/json') found.push('content-type is not application/json');
  return [...found, ...bodyViolations(operation, body)];
}

function bodyViolations({ requestBody }: Operation, body: string): string[] {
  const schema = requestBody?.content['application/json']?.schema;
  if (!schema) return body === '' ? [] : ['takes no body'];
  try {
    return mismatches(schema, JSON.parse(body === '' ? '{}' : body), 'body');
  } catch {
    return ['the body is no JSON'];
  }
}

/** Where a value is not what a schema says. An unknown property is one too: TikTok would leave it unread. */
export function mismatches(schema: Schema, value: unknown, at: string): string[] {
  if (schema.type === 'object') {
    if (value === null || typeof value !== 'object' || Array.isArray(value)) return [`${at} is no object`];
    const properties = schema.properties ?? {};
    const missing = (schema.required ?? [])
      .filter((name) => !(name in value))
      .map((name) => `${at}.${name} is missing`);
    const wrong = Object.entries(value).flatMap(([name, each]) =>
      properties[name] ? mismatches(properties[name], each, `${at}.${name}`) : [`${at}.${name} is unknown`],
    );
    return [...missing, ...wrong];
  }
  if (schema.type === 'array')
    return Array.isArray(value)
      ? value.flatMap((each, i) => mismatches(schema.items ?? {}, each, `${at}[${i}]`))
      : [`${at} is no array`];
  if (schema.type === 'integer') return Number.isInteger(value) ? [] : [`${at} is no integer`];
  if (schema.type === undefined) return [];
  return typeof value === schema.type ? [] : [`${at} is no ${schema.type}`];
}

/** The answer that TikTok's own examples make. */
export function exampleOf(schema: Schema): unknown {
  if (schema.type === 'object')
    return Object.fromEntries(
      Object.entries(schema.properties ?? {}).map(([name, each]) => [name, exampleOf(each)]),
    );
  if (schema.type === 'array')
    return Array.isArray(schema.example) ? schema.example : [exampleOf(schema.items ?? {})];
  return schema.example ?? { integer: 0, string: '', boolean: false }[schema.type ?? 'string'];
}

/** The schema of an operation's answer, and of the `data` in it. */
export const answerSchema = ({ responses }: Operation): Schema =>
  responses['200']!.content['application/json']!.schema;
export const dataSchema = (operation: Operation): Schema => answerSchema(operation).properties!.data!;
