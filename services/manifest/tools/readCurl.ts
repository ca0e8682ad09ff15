import type { Incoming } from '../read/request.ts';
import { shellWords } from './shell.ts';

/** A request that somebody has captured, with the whole address it was sent to. */
export interface Captured extends Omit<Incoming, 'path' | 'query'> {
  url: string;
}

interface Curl {
  method?: string;
  url?: string;
  headers: [name: string, value: string][];
  data: string[];
  inQuery: boolean;
}

/** Options of curl that change nothing about what is sent, with a value behind them or without. */
const silent = 's S L k v i g f # N 4 6 0 silent show-error location insecure verbose include globoff fail fail-with-body compressed no-buffer http1.1 http2 http1.0 ipv4 ipv6 no-progress-meter progress-bar path-as-is'.split(' '); // prettier-ignore
const silentWithValue = 'o w m x c output write-out max-time connect-timeout proxy cookie-jar cacert retry retry-delay resolve connect-to interface'.split(' '); // prettier-ignore

const data = (curl: Curl, text: string) => {
  if (text.startsWith('@')) throw new SyntaxError(`curl reads its data from the file ${text.slice(1)}: put its text there`); // prettier-ignore
  curl.data.push(text);
};
const header = (name: string) => (curl: Curl, value: string) => void curl.headers.push([name, value]);

/** What takes a value, by every name it has: https://curl.se/docs/manpage.html */
const withValue: Record<string, (curl: Curl, value: string) => void> = {
  X: (curl, value) => (curl.method = value.toUpperCase()),
  H: (curl, value) => {
    const at = value.indexOf(':');
    // `Name;` sends an empty one, `Name:` none.
    if (at > 0 && value.slice(at + 1).trim() !== '') curl.headers.push([value.slice(0, at), value.slice(at + 1)]); // prettier-ignore
  },
  d: data,
  'data-raw': (curl, text) => void curl.data.push(text),
  'data-urlencode': (curl, text) => data(curl, encoded(text)),
  json: (curl, text) => {
    data(curl, text);
    curl.headers.unshift(['content-type', 'application/json']);
  },
  u: (curl, value) => header('authorization')(curl, `Basic ${Buffer.from(value).toString('base64')}`),
  A: header('user-agent'),
  e: header('referer'),
  b: header('cookie'),
  url: (curl, value) => (curl.url = value),
  F: () => {
    throw new SyntaxError('curl -F sends multipart, which no postback does and the gateway does not read');
  },
};
const flags: Record<string, (curl: Curl) => void> = {
  G: (curl) => (curl.inQuery = true),
  I: (curl) => (curl.method = 'HEAD'),
};
const longNames: Record<string, string> = { request: 'X', header: 'H', data: 'd', 'data-ascii': 'd', 'data-binary': 'd', user: 'u', 'user-agent': 'A', referer: 'e', cookie: 'b', get: 'G', head: 'I', form: 'F' }; // prettier-ignore

/** Reads a curl line as browsers copy it and documentation prints it. Throws SyntaxError with what is wrong. */
export function readCurl(line: string): Captured {
  const [command, ...words] = shellWords(line.replace(/^\s*\$\s+/, ''));
  if (command !== 'curl') throw new SyntaxError('this is no curl line: it begins with curl');
  const curl: Curl = { headers: [], data: [], inQuery: false };
  while (words.length > 0) readWord(curl, words.shift()!, words);
  return requestOf(curl);
}

function readWord(curl: Curl, word: string, rest: string[]): void {
  if (!word.startsWith('-') || word === '-') {
    if (curl.url !== undefined) throw new SyntaxError(`the curl line has two addresses: ${curl.url} and ${word}; is something not quoted?`); // prettier-ignore
    curl.url = word;
  } else if (word.startsWith('--')) readOption(curl, longNames[word.slice(2)] ?? word.slice(2), word, rest);
  else readShort(curl, word.slice(1), rest);
}

/** `-sS`, `-XPOST`: several flags in one, the last of which may have its value behind it. */
function readShort(curl: Curl, letters: string, rest: string[]): void {
  const [letter = '', behind] = [letters[0], letters.slice(1)];
  const takesValue = letter in withValue || silentWithValue.includes(letter);
  readOption(curl, letter, `-${letter}`, takesValue && behind !== '' ? [behind] : rest);
  if (!takesValue && behind !== '') readShort(curl, behind, rest);
}

function readOption(curl: Curl, name: string, word: string, rest: string[]): void {
  const takesValue = Object.hasOwn(withValue, name) || silentWithValue.includes(name);
  if (takesValue) {
    const value = rest.shift();
    if (value === undefined) throw new SyntaxError(`curl ${word} lacks its value`);
    return withValue[name]?.(curl, value);
  }
  if (Object.hasOwn(flags, name)) return flags[name]!(curl);
  if (!silent.includes(name)) throw new SyntaxError(`curl ${word} is not known here: leave it out`);
}

/** `name=text` with the text encoded; `=text` and a text alone have no name. */
function encoded(text: string): string {
  const at = text.indexOf('=');
  return at < 0 ? encodeURIComponent(text) : `${text.slice(0, at)}${at > 0 ? '=' : ''}${encodeURIComponent(text.slice(at + 1))}`; // prettier-ignore
}

function requestOf({ method, url, headers, data, inQuery }: Curl): Captured {
  if (url === undefined) throw new SyntaxError('the curl line has no address');
  const text = data.join('&');
  const address = inQuery && text ? `${url}${url.includes('?') ? '&' : '?'}${text}` : url;
  const body = inQuery ? '' : text;
  const usual = body === '' ? {} : { 'content-type': 'application/x-www-form-urlencoded' };
  return {
    method: method ?? (body === '' ? 'GET' : 'POST'),
    url: /^[a-z]+:\/\//i.test(address) ? address : `http://${address}`,
    headers: { ...usual, ...Object.fromEntries(headers.map(([name, value]) => [name.trim().toLowerCase(), value.trim()])) }, // prettier-ignore
    body: Buffer.from(body),
  };
}
