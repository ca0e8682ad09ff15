import { Agent, request } from 'undici';

export interface Outgoing {
  method: string;
  url: URL;
  headers?: Record<string, string>;
  body?: string | undefined;
  /** Milliseconds for all of it: connecting, waiting, reading. */
  deadline: number;
  /** Ends it earlier. */
  signal?: AbortSignal | undefined;
}

export interface Incoming {
  status: number;
  contentType: string;
  text: string;
  /** Milliseconds by which our clock is ahead of the other's, to a second; undefined where it sent no Date. */
  ahead: number | undefined;
  /** Milliseconds that it asks us to wait. */
  retryAfter: number | undefined;
}

export interface HttpClient {
  /** Rejects with HttpFailure, or with the signal's reason. An answer of any status is an answer. */
  send(outgoing: Outgoing): Promise<Incoming>;
  close(): Promise<void>;
}

/** No answer that could be read. The message names the host alone: a path or a query may hold a secret. */
export class HttpFailure extends Error {
  override name = 'HttpFailure';
  readonly is: 'unreached' | 'too large';
  constructor(is: HttpFailure['is'], message: string) {
    super(message);
    this.is = is;
  }
}

/** A page of 100 orders with all their amounts has about 300 kB. */
const mostBytes = 32 * 1024 * 1024;

/** Sends requests over connections that are kept: connecting takes longer than most answers. */
export function createHttpClient(): HttpClient {
  const agent = new Agent({ connections: 8, keepAliveTimeout: 30_000, connect: { timeout: 10_000 } });
  return {
    async send({ method, url, headers = {}, body, deadline, signal: given }) {
      const timeout = AbortSignal.timeout(deadline);
      const signal = given ? AbortSignal.any([given, timeout]) : timeout;
      try {
        const options = { method, headers, body: body ?? null, signal, dispatcher: agent };
        return await readAnswer(await request(url, options));
      } catch (error) {
        given?.throwIfAborted();
        if (error instanceof HttpFailure) throw error;
        throw unreached(url, deadline, error as Error);
      }
    },
    close: () => agent.close(),
  };
}

async function readAnswer(response: Awaited<ReturnType<typeof request>>): Promise<Incoming> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of response.body as AsyncIterable<Uint8Array>) {
    bytes += chunk.length;
    if (bytes > mostBytes) throw new HttpFailure('too large', `the answer is larger than ${mostBytes} bytes`);
    chunks.push(chunk);
  }
  const header = (name: string) => [response.headers[name]].flat()[0];
  const date = Date.parse(header('date') ?? '');
  return {
    status: response.statusCode,
    contentType: header('content-type') ?? '',
    text: new TextDecoder().decode(Buffer.concat(chunks)),
    ahead: Number.isNaN(date) ? undefined : Date.now() - date,
    retryAfter: readRetryAfter(header('retry-after')),
  };
}

/** Seconds, or a date. */
function readRetryAfter(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  if (/^\d+$/.test(text)) return Number(text) * 1000;
  const until = Date.parse(text);
  return Number.isNaN(until) ? undefined : Math.max(0, until - Date.now());
}

function unreached(url: URL, deadline: number, error: Error & { code?: string }): HttpFailure {
  const why =
    error.name === 'TimeoutError' ? `no answer within ${deadline / 1000} s` : (error.code ?? error.name);
  return new HttpFailure('unreached', `${url.host} could not be reached: ${why}`);
}
