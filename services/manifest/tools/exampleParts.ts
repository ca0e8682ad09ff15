import type { Example } from '../example.ts';
import { joinParameters } from '../parameters.ts';
import { bodyText, decode, type Incoming } from '../read/request.ts';

type Request = Example['request'];

/**
 * A captured request as an example writes it: only the headers that a manifest reads, parameters one by one. The path is the
 * manifest's own. Throws SyntaxError for a body that is no text.
 */
export function exampleOf({ method, query, headers, body }: Incoming, keep: readonly string[]): Request {
  const text = bodyText(body);
  if (text === undefined) throw new SyntaxError('its body is no text');
  const kept = Object.fromEntries(keep.flatMap((name) => (headers[name] === undefined ? [] : [[name, String(headers[name])]]))); // prettier-ignore
  const usual = text === '' ? 'GET' : 'POST';
  return {
    ...(method !== usual && isMethod(method) && { method }),
    ...(query !== '' && { query: listed(query) }),
    ...(Object.keys(kept).length > 0 && { headers: kept }),
    ...(text !== '' && (/^\s*[[{]/.test(text) ? { json: text } : { form: listed(text.trim()) })),
  };
}

const isMethod = (method: string): method is NonNullable<Request['method']> => ['GET', 'POST', 'HEAD', 'PUT', 'DELETE'].includes(method); // prettier-ignore

/** One parameter a line where each is one; else the text as it is. */
function listed(parameters: string): string | string[] {
  const pairs = parameters.split('&');
  return pairs.every((pair) => /^[^=&\s]+(=[^&]*)?$/.test(pair)) ? pairs : parameters;
}

/** The request with another value at a place; a parameter that is not there yet is added. Undefined where the place cannot be written. */
export function withValue(
  request: Request,
  place: string,
  value: string,
  open?: string,
): Request | undefined {
  const [, root, rest = place] = /^(header|query|body)\.(.+)$/.exec(place) ?? [];
  if (root === 'header') return withHeader(request, rest, value);
  if (root === 'query' || (request.json === undefined && request.form === undefined && open === undefined))
    return { ...request, query: withParameter(request.query ?? '', rest, value) };
  if (open !== undefined) return inOpened(request, open, rest, value);
  if (request.form !== undefined) return { ...request, form: withParameter(request.form, rest, value) };
  const json = request.json === undefined ? undefined : withKey(request.json, rest, value);
  return json === undefined ? undefined : { ...request, json };
}

function withHeader(request: Request, name: string, value: string): Request {
  return { ...request, headers: { ...request.headers, [name]: value } };
}

const hole = /^\{(secret\.[a-z0-9-]+|signature|signature\.base64|now)\}$/;

function withParameter(parameters: string | string[], name: string, value: string): string | string[] {
  const pairs = joinParameters(parameters).split('&').filter((pair) => pair !== ''); // prettier-ignore
  // A hole of an example stays as it is written.
  const pair = `${name}=${hole.test(value) ? value : encodeURIComponent(value)}`;
  const isIt = (each: string) => decode(each.split('=', 1)[0]!) === name;
  const changed = pairs.some(isIt) ? pairs.map((each) => (isIt(each) ? pair : each)) : [pair, ...pairs];
  return listed(changed.join('&'));
}

/** Every value of a key, wherever it stands: in an example that is one sale's. */
function withKey(json: string, path: string, value: string): string | undefined {
  const key = path
    .split('.')
    .at(-1)!
    .replace(/[.*+?^${}()|[\]\\/]/g, '\\$&');
  const pattern = new RegExp(`("${key}"\\s*:\\s*)("(?:[^"\\\\]|\\\\.)*"|[^\\s,}\\]]+)`, 'g');
  const changed = json.replace(pattern, (_, before: string) => before + JSON.stringify(value));
  return changed === json ? undefined : changed;
}

function inOpened(request: Request, open: string, place: string, value: string): Request | undefined {
  const part = request.form === undefined ? 'query' : 'form';
  const pairs = joinParameters(request[part] ?? '').split('&');
  const pair = pairs.find((each) => decode(each.split('=', 1)[0]!) === open);
  const json = pair && withKey(decode(pair.slice(pair.indexOf('=') + 1)) ?? '', place, value);
  return json === undefined ? undefined : { ...request, [part]: withParameter(request[part]!, open, json) };
}

/** Only what a request has otherwise than another: what goes beside `same`. */
export function changesOf(base: Request, changed: Request): Request {
  const list = (one: Request['query'], other: Request['query']) =>
    Array.isArray(one) && Array.isArray(other) ? other.filter((pair) => !one.includes(pair)) : other;
  return {
    ...(changed.path !== base.path && { path: changed.path }),
    ...(changed.headers !== base.headers && { headers: changed.headers }),
    ...(changed.query !== base.query && { query: list(base.query, changed.query) }),
    ...(changed.form !== base.form && { form: list(base.form, changed.form) }),
    ...(changed.json !== base.json && { json: changed.json }),
  };
}
