import { rawRequest } from '../../contract/raw.ts';
import { incomingOf } from '../recorded.ts';
import type { Incoming } from '../read/request.ts';
import { readCurl, type Captured } from './readCurl.ts';

/** A request that somebody has captured, as the gateway would be handed it. */
export interface Capture {
  request: Incoming;
  /** Where it comes from a record of ours, in which its secrets are masked. */
  record?: Recorded;
}

/** When a recorded request came, and what its verification said then. */
export interface Recorded {
  receivedAt: Date | undefined;
  verdict: 'verified' | 'unverified' | 'refused' | undefined;
}

/**
 * Reads a captured request: an address, a curl line, an HTTP request as text, or a line of our own log, quarantine or events. Throws
 * SyntaxError with what is wrong, or with what it could have been.
 */
export function readCaptured(text: string): Capture {
  const plain = text.replace(/^\uFEFF/, '').trim();
  if (/^(\$\s+)?curl(\.exe)?\s/.test(plain)) return { request: atPath(readCurl(plain)) };
  if (/^https?:\/\/\S+$/i.test(plain)) return { request: atPath({ method: 'GET', url: plain, headers: {}, body: new Uint8Array() }) }; // prettier-ignore
  if (/^[[{]/.test(plain)) return fromRecord(plain);
  if (/^[A-Z]+ \S+( HTTP\/[\d.]+)?\s*(\r?\n|$)/.test(plain)) return { request: fromHttp(text.replace(/^\s+/, '')) }; // prettier-ignore
  throw new SyntaxError(
    `"${plain.slice(0, 60)}" is no captured request: give an address (https://..?..), a curl line, the text of an HTTP request, or a line of our log or quarantine`,
  );
}

function atPath({ url, ...rest }: Captured): Incoming {
  const parsed = URL.parse(url);
  if (!parsed || !/^https?:$/.test(parsed.protocol)) throw new SyntaxError(`"${url}" is no address such as https://go.example.com/..`); // prettier-ignore
  // As it was written: URL would encode the signs that the sender did not.
  const [, path = '', query = ''] = /^[a-z]+:\/\/[^/?#]*([^?#]*)(?:\?([^#]*))?/i.exec(url)!;
  return { ...rest, path: path || '/', query };
}

/** `POST /path?query HTTP/1.1`, headers, an empty line, the body. */
function fromHttp(text: string): Incoming {
  const [, head = '', body = ''] = /^([\s\S]*?)(?:\r?\n\r?\n([\s\S]*))?$/.exec(text)!;
  const [first = '', ...lines] = head.split(/\r?\n/).filter((line) => line.trim() !== '');
  const [method = '', target = ''] = first.split(/\s+/);
  const headers = lines.map((line) => {
    const at = line.indexOf(':');
    if (at < 1) throw new SyntaxError(`"${line.slice(0, 60)}" is no header: write name: value, and an empty line before the body`); // prettier-ignore
    return [line.slice(0, at).trim().toLowerCase(), line.slice(at + 1).trim()] as const;
  });
  const url = target.startsWith('/') ? `http://x${target}` : target;
  // An editor's newline at the end is no part of a body.
  return atPath({ method, url, headers: Object.fromEntries(headers), body: Buffer.from(body.replace(/\r?\n$/, '')) }); // prettier-ignore
}

/** JSON, or lines of which the first that holds a request counts. */
function fromRecord(text: string): Capture {
  const whole = parse(text);
  const values = whole !== undefined ? [whole].flat() : text.split('\n').map(parse);
  for (const value of values) {
    const found = recordIn(value);
    if (found) return found;
  }
  throw new SyntaxError(
    whole === undefined && values.every((value) => value === undefined)
      ? 'this begins like JSON and is none: give a whole line of our log'
      : 'no request is in this JSON: a line of the journal has "request", a record of the quarantine or an event "raw"',
  );
}

/** In a message of `linkshare events` the record is under `data`, in a line that gcloud exports under `jsonPayload`. */
function recordIn(value: unknown, depth = 0): Capture | undefined {
  if (typeof value !== 'object' || value === null || depth > 2) return undefined;
  const record = value as Record<string, unknown>;
  const raw = rawRequest.safeParse(record.raw ?? record.request);
  if (raw.success) return { request: incomingOf(raw.data), record: recorded(record) };
  return recordIn(record.data, depth + 1) ?? recordIn(record.jsonPayload, depth + 1);
}

/** A refused record says why and of which conversion, and has no status as an event has. */
function verdictOf({
  verified,
  verdict,
  why,
  conversionId,
  status,
}: Record<string, unknown>): Recorded['verdict'] {
  if (verdict === 'verified' || verdict === 'unverified' || verdict === 'refused') return verdict;
  if (typeof verified === 'boolean') return verified ? 'verified' : 'unverified';
  return why !== undefined && conversionId !== undefined && status === undefined ? 'refused' : undefined;
}

function recorded(record: Record<string, unknown>): Recorded {
  const { receivedAt } = record;
  const at = typeof receivedAt === 'string' ? new Date(receivedAt) : undefined;
  return { receivedAt: at && !Number.isNaN(at.getTime()) ? at : undefined, verdict: verdictOf(record) };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
