import { setTimeout as sleep } from 'node:timers/promises';
import { readAnswer } from './answer.ts';
import { isPassing, TikTokError } from './errors.ts';
import { createHttp, type Http, type Incoming } from './http.ts';
import { createPace } from './rate.ts';
import { apiOf } from './scopes.ts';
import { sign, type Query } from './sign.ts';

export const apiHost = 'https://open-api.tiktokglobalshop.com';

/** Where a client has its tokens from. */
export interface TokenSource {
  /** One that is good for the next minutes. */
  current(): Promise<string>;
  /** Another than this one, which TikTok has called expired. */
  renew(stale: string): Promise<string>;
}

/** One request and what became of it, for who wants to see each. Holds no secret. */
export interface Seen {
  method: string;
  path: string;
  query: Query;
  attempt: number;
  ms: number;
  status?: number;
  trouble?: string;
}

export interface ClientOptions {
  appKey: string;
  appSecret: string;
  tokens: TokenSource;
  host?: string | undefined;
  /** Calls a second, at most. */
  perSecond?: number | undefined;
  /** How often a call is tried that TikTok was too busy for, or in trouble, or out of reach. */
  attempts?: number | undefined;
  /** Milliseconds for one attempt. */
  deadline?: number | undefined;
  /** Milliseconds since 1970. */
  clock?: (() => number) | undefined;
  wait?: ((ms: number) => Promise<unknown>) | undefined;
  onRequest?: ((seen: Seen) => void) | undefined;
  /** A call waits and is tried again. */
  onRetry?: ((why: TikTokError, ms: number) => void) | undefined;
}

export interface Call {
  method: string;
  path: string;
  query?: Query | undefined;
  /** An object is sent as JSON; a text as it is. */
  body?: unknown;
}

/** An answer's `data`, and the whole of it as it came. */
export interface Answered {
  data: unknown;
  text: string;
}

/** A signed connection to TikTok's API. */
export interface Client {
  /** Calls and resolves to the answer's `data`. Rejects with a TikTokError that says what to do next. */
  call(call: Call): Promise<unknown>;
  /** The same, for who needs the text too. */
  ask(call: Call): Promise<Answered>;
  close(): Promise<void>;
}

/** Longer than this nobody watches a command that waits. */
const longestWait = 60_000;

export function createClient(options: ClientOptions): Client {
  const { attempts = 5, perSecond = 10, wait = sleep, tokens } = options;
  const http = createHttp();
  const pace = createPace(perSecond, wait);

  async function ask(wanted: Call): Promise<Answered> {
    let renewed = false;
    let token = await tokens.current();
    for (let attempt = 1; ; attempt++) {
      await pace.turn();
      try {
        return await callOnce(http, options, wanted, token, attempt);
      } catch (error) {
        if (!(error instanceof TikTokError)) throw error;
        if (error.trouble === 'expired' && !renewed) {
          renewed = true;
          token = await tokens.renew(token);
          continue;
        }
        const ms = waitBefore(error, attempt, attempts);
        if (ms === undefined) throw error;
        options.onRetry?.(error, ms);
        pace.pause(ms);
      }
    }
  }
  return { ask, call: async (call) => (await ask(call)).data, close: () => http.close() };
}

/** Milliseconds until the next attempt; undefined where there shall be none. Random, so that several processes do not come back together. */
function waitBefore(error: TikTokError, attempt: number, attempts: number): number | undefined {
  if (!isPassing(error) || attempt >= attempts || (error.retryAfter ?? 0) > longestWait) return undefined;
  const backOff = Math.min(500 * 2 ** (attempt - 1), 15_000) * (0.5 + Math.random() / 2);
  return Math.max(backOff, error.retryAfter ?? 0);
}

async function callOnce(
  http: Http,
  options: ClientOptions,
  call: Call,
  token: string,
  attempt: number,
): Promise<Answered> {
  const { onRequest, deadline = 30_000 } = options;
  const { url, query, body } = prepare(options, call);
  const seen = { method: call.method, path: call.path, query, attempt };
  const began = performance.now();
  const ms = () => Math.round(performance.now() - began);
  let incoming: Incoming | undefined;
  try {
    const headers = { 'content-type': 'application/json', 'x-tts-access-token': token };
    incoming = await http.send({ method: call.method, url, headers, body, deadline });
    const data = readAnswer(incoming);
    onRequest?.({ ...seen, ms: ms(), status: incoming.status });
    return { data, text: incoming.text };
  } catch (error) {
    onRequest?.({
      ...seen,
      ms: ms(),
      ...(incoming && { status: incoming.status }),
      trouble: String((error as Error).message.split('\n')[0]),
    });
    throw withScope(error, call.path);
  }
}

/** The address with its signature, and the text of the body that was signed. */
export function prepare(
  {
    appKey,
    appSecret,
    host = apiHost,
    clock = Date.now,
  }: Pick<ClientOptions, 'appKey' | 'appSecret' | 'host' | 'clock'>,
  { path, query: asked = {}, body: content }: Omit<Call, 'method'>,
): { url: URL; query: Query; body: string | undefined } {
  const body = content === undefined || typeof content === 'string' ? content : JSON.stringify(content);
  const query = { ...asked, app_key: appKey, timestamp: Math.floor(clock() / 1000) };
  const url = new URL(path, host);
  for (const [key, value] of Object.entries({ ...query, sign: sign({ path, query, body }, appSecret) }))
    for (const each of [value ?? []].flat()) url.searchParams.append(key, String(each));
  return { url, query, body };
}

/** TikTok does not name the scope that is missing; its pages do. */
function withScope(error: unknown, path: string): unknown {
  const api = apiOf(path);
  if (!(error instanceof TikTokError) || error.trouble !== 'scope' || !api) return error;
  const { trouble, code, status, requestId } = error;
  return new TikTokError(
    `the scope ${api.scope} is not granted, which ${api.name} needs (breaks: ${api.breaks})`,
    { trouble, code, status, requestId, cause: error },
  );
}
