/**
 * A server that stands in for TikTok. It takes a request only if TikTok's own OpenAPI file describes it and its signature is right, and
 * answers with the documented examples, or with what a test prepared.
 */
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { answerAuth, authState, type AuthState } from './auth.ts';
import { dataSchema, exampleOf, findOperation, violations, type Operation } from './openapi.ts';
import { offsetOf, page, type StandInOrder } from './orders.ts';
import { expectedSign } from './signature.ts';

export interface Recorded {
  method: string;
  path: string;
  query: URLSearchParams;
  body: string;
  token: string;
}

/** An answer that is not the usual one. */
export interface Fault {
  status?: number;
  code?: number;
  message?: string;
  /** Sent as it is, in place of JSON. */
  text?: string;
  data?: unknown;
  headers?: Record<string, string>;
  /** The connection is cut without an answer. */
  cut?: boolean;
}

export interface StandIn {
  url: string;
  auth: AuthState;
  calls: Recorded[];
  /** What requests did that TikTok's files do not allow. Empty at the end of every test. */
  wrong: string[];
  /** The next requests to a path that holds `part` get these answers, one each. */
  fail(part: string, ...faults: Fault[]): void;
  clearFaults(): void;
  /** What orders/search finds; a function makes them by their place. */
  orders: readonly StandInOrder[] | ((from: number, size: number) => readonly StandInOrder[]);
  total: number | undefined;
  /** Seconds by which its clock is ahead of ours. */
  ahead: number;
  /** Makes the data of an answer in place of the example. */
  answers: Map<string, (call: Recorded) => unknown>;
  /** The settings of a command that shall call it. */
  env: {
    TIKTOK_APP_KEY: string;
    TIKTOK_APP_SECRET: string;
    TIKTOK_API_HOST: string;
    TIKTOK_AUTH_HOST: string;
  };
  close(): Promise<void>;
}

export async function startStandIn(): Promise<StandIn> {
  const faults: { part: string; fault: Fault }[] = [];
  const auth = authState();
  const server = createServer((request, response) => void handle(standIn, faults, request, response));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const standIn: StandIn = {
    url,
    auth,
    calls: [],
    wrong: [],
    fail: (part, ...some) => void faults.push(...some.map((fault) => ({ part, fault }))),
    clearFaults: () => void faults.splice(0),
    orders: [],
    total: undefined,
    ahead: 0,
    answers: new Map(),
    env: {
      TIKTOK_APP_KEY: auth.appKey,
      TIKTOK_APP_SECRET: auth.appSecret,
      TIKTOK_API_HOST: url,
      TIKTOK_AUTH_HOST: url,
    },
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  return standIn;
}

async function handle(
  standIn: StandIn,
  faults: { part: string; fault: Fault }[],
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const body = Buffer.concat(chunks).toString();
  const { pathname, searchParams } = new URL(request.url!, standIn.url);
  const token = String(request.headers['x-tts-access-token'] ?? '');
  const call = { method: request.method!, path: pathname, query: searchParams, body, token };
  standIn.calls.push(call);
  const at = faults.findIndex(({ part }) => pathname.includes(part));
  const fault = at < 0 ? undefined : faults.splice(at, 1)[0]!.fault;
  if (fault?.cut) return void request.socket.destroy();
  const { status, ...rest } = fault ? faulty(fault) : answer(standIn, call, request);
  const text = fault?.text ?? JSON.stringify({ request_id: '2026112410000001', ...rest });
  const date = new Date(Date.now() + standIn.ahead * 1000).toUTCString();
  response.writeHead(status, { 'content-type': 'application/json', date, ...fault?.headers }).end(text);
}

interface Answered {
  status: number;
  code: number;
  message: string;
  data?: unknown;
}

const faulty = ({ status = 200, code = 0, message = 'Success', data = {} }: Fault): Answered => ({
  status,
  code,
  message,
  data,
});

const refuse = (status: number, code: number, message: string): Answered => ({ status, code, message });

function answer(standIn: StandIn, call: Recorded, request: IncomingMessage): Answered {
  const { auth, wrong } = standIn;
  if (call.path.startsWith('/api/v2/token/'))
    return { status: 200, ...answerAuth(auth, call.path, call.query) };
  const operation = findOperation(call.method, call.path);
  if (operation === 'no path') return refuse(404, 36009009, 'Invalid path');
  if (operation === 'no method') return refuse(405, 36009010, 'Invalid method');
  const skew = Number(call.query.get('timestamp')) - (Date.now() / 1000 + standIn.ahead);
  if (skew > 30 || skew < -300) return refuse(400, 36009004, 'Invalid timestamp');
  if (
    call.query.get('app_key') !== auth.appKey ||
    call.query.get('sign') !== expectedSign(request.url!, call.body, auth.appSecret)
  )
    return refuse(401, 106001, 'Sign invalid');
  if (auth.expired.has(call.token)) return refuse(401, 105002, 'Expired credentials');
  if (call.token !== auth.accessToken) return refuse(401, 105001, 'The access token is invalid');
  const found = violations(operation, { query: call.query, headers: request.headers, body: call.body });
  wrong.push(...found.map((each) => `${call.method} ${call.path}: ${each}`));
  if (found.length > 0) return refuse(400, 36009004, found.join('; '));
  const offset = offsetOf(call.query.get('page_token'));
  if (call.path.endsWith('orders/search') && offset === undefined)
    return refuse(400, 36009004, 'page_token is invalid');
  return { status: 200, code: 0, message: 'Success', data: dataOf(standIn, call, operation, offset ?? 0) };
}

function dataOf(standIn: StandIn, call: Recorded, operation: Operation, from: number): unknown {
  const prepared = standIn.answers.get(call.path);
  if (prepared) return prepared(call);
  if (call.path.endsWith('/affiliate_sharing_links/generate_batch') && !call.path.includes('publisher'))
    return links(call);
  if (call.path === '/affiliate_creator/202410/orders/search') return ordersOf(standIn, call, from);
  return exampleOf(dataSchema(operation));
}

/** A tag longer than 20 characters is refused as the documented example does; how long TikTok's may be is not published. */
function links({ body }: Recorded): unknown {
  const { material, tags = [''] } = JSON.parse(body) as {
    material: { id?: string; type: string };
    tags?: string[];
  };
  const isLong = (tag: string) => tag.length > 20;
  return {
    affiliate_sharing_links: tags
      .filter((tag) => !isLong(tag))
      .map((tag) => ({
        tag,
        affiliate_sharing_link: `https://www.tiktok.com/t/${material.id ?? material.type}-${tag}/`,
      })),
    errors: tags.filter(isLong).map((tag) => ({
      code: 16001001,
      message: 'Encounter network error, please try again.',
      detail: { tag, fail_reason: 'Tag has exceeded the length limit' },
    })),
  };
}

function ordersOf({ orders, total }: StandIn, { query, body }: Recorded, from: number): unknown {
  const range = JSON.parse(body || '{}') as { create_time_ge?: number; create_time_lt?: number };
  const { create_time_ge: after = 0, create_time_lt: before = Infinity } = range;
  const size = Number(query.get('page_size'));
  if (typeof orders === 'function') return page(orders, total ?? 0, { from, size });
  const within = orders.filter(({ create_time: at }) => at >= after && at < before);
  return page(within, within.length, { from, size });
}
