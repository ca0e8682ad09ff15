import { parseJson } from './json.ts';

/** A request as the gateway hands it over: nothing parsed, nothing decoded. */
export interface Incoming {
  method: string;
  /** Without the query. */
  path: string;
  /** As sent, without the question mark. */
  query: string;
  /** Names in lower case. */
  headers: Record<string, string | string[] | undefined>;
  body: Uint8Array;
  /** The sender's address. */
  address?: string | undefined;
}

/** Values by name, in the order sent; a value that is not text (bad UTF-8) is null. */
export type Parameters = Map<string, (string | null)[]>;

/** What a body turned out to be. `json` holds numbers as the text they were sent as. */
export type Body =
  | { is: 'empty' }
  | { is: 'form'; parameters: Parameters }
  | { is: 'json'; json: unknown }
  | { is: 'unreadable'; why: string };

/** More than any postback has; it bounds what is looked at. */
const mostParameters = 1000;

/** Reads `a=1&b=2`, from a query or a form. `+` is a space. */
export function readParameters(text: string): Parameters {
  const parameters: Parameters = new Map();
  for (const pair of text.split('&')) {
    if (pair === '') continue;
    const at = pair.indexOf('=');
    const sent = at < 0 ? pair : pair.slice(0, at);
    const name = decode(sent) ?? sent;
    const value = at < 0 ? '' : decode(pair.slice(at + 1));
    const earlier = parameters.get(name);
    if (earlier) earlier.push(value);
    else parameters.set(name, [value]);
  }
  return parameters;
}

/** Undoes percent-encoding; null where the bytes are not UTF-8. */
export function decode(text: string): string | null {
  if (!text.includes('%') && !text.includes('+')) return text;
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch {
    return null;
  }
}

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** The body as text, byte for byte, or undefined where it is not UTF-8. */
export function bodyText(body: Uint8Array): string | undefined {
  try {
    return utf8.decode(body);
  } catch {
    return undefined;
  }
}

/** Tells form and JSON apart by what was sent: senders' content types are often wrong, their bodies are not. */
export function readBody(body: Uint8Array, contentType: string): Body {
  if (body.length === 0) return { is: 'empty' };
  const text = bodyText(body)?.replace(/^\uFEFF/, '');
  if (text === undefined) return { is: 'unreadable', why: 'the body is not UTF-8' };
  if (/^\s*[[{]/.test(text) || /\bjson\b/i.test(contentType)) return readJson(text);
  if (!/urlencoded|text\/plain|^$/i.test(contentType) || !text.includes('='))
    return { is: 'unreadable', why: 'the body is neither a form nor JSON' };
  const parameters = readParameters(text.trim());
  if (parameters.size > mostParameters)
    return { is: 'unreadable', why: `the body has more than ${mostParameters} parameters` };
  return { is: 'form', parameters };
}

/** Of the parser's message only the place is told: the rest repeats what was sent. */
function readJson(text: string): Body {
  try {
    return { is: 'json', json: parseJson(text) };
  } catch (error) {
    const { message } = error as Error;
    const place = /at position (\d+)/.exec(message)?.[1];
    const what = message.startsWith('Duplicate') ? 'has a key twice, with different values' : 'is not JSON';
    return { is: 'unreadable', why: `the body ${what}${place ? ` (position ${place})` : ''}` };
  }
}
