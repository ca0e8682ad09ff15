import { Agent, request, type Dispatcher } from 'undici';
import { createGuard, type Resolve } from './address.ts';
import type { Outgoing } from './request.ts';
import type { Allowed } from './settings.ts';

export interface SenderOptions extends Allowed {
  /** Milliseconds for all of an attempt: looking up, connecting, waiting, reading. */
  timeout?: number;
  resolve?: Resolve;
}

/** What came of an attempt: a status, if any was answered, and what went wrong, if anything did. */
export interface Answer {
  status: number | null;
  /** What was read of the body. */
  text: string;
  retryAfter: string | undefined;
  error: string | null;
  ms: number;
}

export interface Sender {
  /** Never rejects. */
  send(outgoing: Outgoing): Promise<Answer>;
  close(): Promise<void>;
}

/** What is read of an answer. More is not wanted, and not waited for. */
const mostBytes = 64 * 1024;
export const usualTimeout = 10_000;

/** Sends requests to strangers: only where the guard lets it, no redirect followed, little read, and not for long. */
export function createSender({
  http = false,
  addresses = [],
  timeout = usualTimeout,
  resolve,
}: SenderOptions): Sender {
  const guard = createGuard({ allowed: addresses, resolve });
  const dispatcher = new Agent({ connect: { lookup: guard.lookup, timeout }, allowH2: false });
  return {
    async send({ url, method, headers, body }) {
      const begun = performance.now();
      const answer = (rest: Partial<Answer>): Answer => ({ status: null, text: '', retryAfter: undefined, error: null, ms: Math.round(performance.now() - begun), ...rest }); // prettier-ignore
      try {
        if (url.protocol !== 'https:' && !http) throw new Error('not sent: only https is allowed');
        guard.checkHost(url.hostname);
        const signal = AbortSignal.timeout(timeout);
        const response = await request(url, { method, headers, body, signal, dispatcher });
        const { text, error } = await readSome(response.body, timeout);
        const retryAfter = [response.headers['retry-after']].flat()[0];
        return answer({ status: response.statusCode, text, error, retryAfter });
      } catch (error) {
        return answer({ error: whyNot(error, timeout) });
      }
    },
    close: () => dispatcher.destroy(),
  };
}

/** The beginning of a body, and what cut it off, if anything did but our own limit. */
async function readSome(
  body: Dispatcher.ResponseData['body'],
  timeout: number,
): Promise<{ text: string; error: string | null }> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  let error: string | null = null;
  // Leaving early destroys it, and it says so as an error that nobody else waits for.
  body.on('error', () => {});
  try {
    for await (const chunk of body as AsyncIterable<Uint8Array>) {
      chunks.push(chunk);
      bytes += chunk.length;
      if (bytes >= mostBytes) break;
    }
  } catch (caught) {
    error = whyNot(caught, timeout);
  }
  return { text: new TextDecoder().decode(Buffer.concat(chunks).subarray(0, mostBytes)), error };
}

/** Without the URL: it may hold a token of the publisher's. */
function whyNot(error: unknown, timeout: number): string {
  const { name, code, message } = error as Error & { code?: string };
  if (name === 'TimeoutError' || code === 'UND_ERR_CONNECT_TIMEOUT')
    return `no answer within ${timeout / 1000} s`;
  return code === undefined || message.includes(code) ? message : `${message || 'not reached'} (${code})`;
}
