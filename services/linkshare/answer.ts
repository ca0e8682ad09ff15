import type { z } from 'zod';
import { TikTokError, troubleOf, type Trouble } from './errors.ts';
import type { Incoming } from './http.ts';
import { parseJson } from './json.ts';

/** What TikTok's answers have in common. */
export interface Envelope {
  code?: number;
  message?: string;
  request_id?: string;
  data?: unknown;
}

/** Milliseconds by which TikTok lets a timestamp be early and late. */
const window = { ahead: 30_000, behind: 300_000 };

/** What `data` holds, in the shape that TikTok documents for it. Throws a TikTokError where it is of another. */
export function readData<T extends z.ZodType>(what: string, shape: T, data: unknown): z.output<T> {
  const read = shape.safeParse(data);
  if (read.success) return read.data;
  throw new TikTokError(`the ${what} that TikTok sent cannot be read`, {
    trouble: 'answer',
    cause: read.error,
  });
}

/** The `data` of a success. Throws a TikTokError for everything else, named by its code, and by its HTTP status where it has none. */
export function readAnswer(incoming: Incoming): unknown {
  const envelope = readEnvelope(incoming);
  const { code, message, request_id: requestId, data } = envelope;
  if (code === 0 && incoming.status < 400) return data ?? {};
  const trouble = clockOr(troubleOf(code, incoming.status), incoming, message);
  const said = trouble === 'clock' ? clockSays(incoming) : `TikTok says: ${message || 'nothing'}`;
  throw new TikTokError(said, {
    trouble,
    code,
    requestId,
    status: incoming.status,
    retryAfter: incoming.retryAfter,
  });
}

function readEnvelope({ status, text, contentType, retryAfter }: Incoming): Envelope {
  const envelope = parsed(text);
  if (envelope !== null && typeof envelope === 'object' && 'code' in envelope) return envelope as Envelope;
  // A proxy's page beside a status that says "again later" is still that.
  const trouble = status === 429 ? 'busy' : status >= 500 ? 'server' : 'answer';
  const start = text.replace(/\s+/g, ' ').trim().slice(0, 80);
  const what = contentType.split(';')[0] || 'no content type';
  throw new TikTokError(`the answer is not TikTok's JSON but ${what}: "${start}"`, {
    trouble,
    status,
    retryAfter,
  });
}

function parsed(text: string): unknown {
  try {
    return parseJson(text);
  } catch {
    return undefined;
  }
}

/** One code means both a wrong parameter and a wrong clock. */
function clockOr(trouble: Trouble, { ahead }: Incoming, message = ''): Trouble {
  if (trouble !== 'parameter' && trouble !== 'signature') return trouble;
  const off = ahead !== undefined && (ahead > window.ahead || ahead < -window.behind);
  return off || /timestamp/i.test(message) ? 'clock' : trouble;
}

function clockSays({ ahead }: Incoming): string {
  if (ahead === undefined) return "TikTok refuses our time: this machine's clock is wrong";
  const seconds = Math.round(Math.abs(ahead) / 1000);
  const off = seconds >= 120 ? `${Math.round(seconds / 60)} minutes` : `${seconds} seconds`;
  return `this machine's clock is ${off} ${ahead > 0 ? 'ahead of' : 'behind'} TikTok's, which takes 30 seconds and 5 minutes`;
}
