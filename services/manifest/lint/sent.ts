import type { Example } from '../example.ts';
import { joinParameters } from '../parameters.ts';
import { readBody, readParameters } from '../read/request.ts';

/** Every name by which examples send a value: parameters, and paths into JSON, with no number for an item of a list. */
export function namesInExamples(examples: readonly Example[]): Set<string> {
  return new Set(examples.flatMap(({ request }) => [
    ...readParameters(joinParameters(request.query ?? '')).keys(),
    ...readParameters(joinParameters(request.form ?? '')).keys(),
    ...namesInJson(request.json ?? request.body ?? ''),
  ])); // prettier-ignore
}

function namesInJson(text: string): string[] {
  const body = readBody(Buffer.from(text), 'application/json');
  return body.is === 'json' ? paths(body.json, '') : [];
}

function paths(value: unknown, path: string): string[] {
  if (Array.isArray(value)) return value.flatMap((item) => paths(item, path));
  if (typeof value !== 'object' || value === null) return path === '' ? [] : [path];
  return Object.entries(value).flatMap(([key, inner]) => paths(inner, path === '' ? key : `${path}.${key}`));
}
