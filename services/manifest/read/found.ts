import type { Parameters } from './request.ts';

/** What stands at a place. `sent` tells a parameter that came empty from one that did not come. */
export type Found =
  | { sent: false }
  | { sent: true; values: string[] }
  /** `list`: it is a list of texts, which is no single value unless the manifest says which one to take. */
  | { sent: true; problem: string; list?: string[] };

export const nothing: Found = { sent: false };

/** A name taken apart at its dots: `data.order.id`, `header.x-signature.v1`. */
export interface Place {
  steps: string[];
  first: string;
  /** The steps after the first. */
  rest: string[];
  /** What stands behind the first dot; undefined in a bare name. */
  behind: string | undefined;
  /** The same in lower case, as a header's name and the label of a piece of it. */
  header: [name: string, label?: string];
}

/** Places come from manifests alone, so there are few; taking them apart again for each request takes longer than the look-up. */
const known = new Map<string, Place>();

export function placeOf(name: string): Place {
  let place = known.get(name);
  if (!place) {
    const steps = name.split('.');
    const [first = '', ...rest] = steps;
    const behind = rest.length > 0 ? rest.join('.') : undefined;
    const header = (behind ?? '').toLowerCase().split('.') as Place['header'];
    known.set(name, (place = { steps, first, rest, behind, header }));
  }
  return place;
}

export const texts = (values: string[]): Found => ({ sent: true, values });

export function fromParameters(parameters: Parameters, name: string): Found {
  const values = parameters.get(name);
  if (!values) return nothing;
  return values.includes(null) ? { sent: true, problem: 'is not UTF-8' } : texts(values as string[]);
}

export function asText(value: unknown): Found {
  if (value === undefined) return nothing;
  if (value === null) return texts(['']);
  if (typeof value === 'object') return structure(value);
  return texts([scalar(value)]);
}

const scalar = (value: unknown) => (typeof value === 'string' ? value : JSON.stringify(value));

function structure(value: object): Found {
  const problem = 'is a structure, not a single value';
  const isList = Array.isArray(value) && value.every((item) => item === null || typeof item !== 'object');
  return isList ? { sent: true, problem, list: value.map((item) => (item === null ? '' : scalar(item))) } : { sent: true, problem }; // prettier-ignore
}

export const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null;

export function descend(value: unknown, path: string[]): unknown {
  let at = value;
  for (const step of path) {
    if (!isObject(at) || !Object.hasOwn(at, step)) return undefined;
    at = at[step];
  }
  return at;
}
