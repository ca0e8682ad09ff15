import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A request as it arrived: the bytes of its body, for who checks a signature over them. */
export interface Call {
  method: string;
  path: string;
  query: URLSearchParams;
  headers: IncomingMessage['headers'];
  body: string;
}

export interface Answer {
  status?: number;
  json?: unknown;
  /** Sent as it is, in place of JSON. */
  text?: string;
  headers?: Record<string, string>;
  /** The connection is cut without an answer. */
  cut?: boolean;
}

/** A network's server for a test: it answers by its own contract, and remembers what that does not allow. */
export interface Server {
  url: string;
  calls: Call[];
  /** What requests did that the network's documents do not allow. Empty at the end of every test. */
  wrong: string[];
  /** The next requests get these answers, one each, in place of the usual ones. */
  fail(...answers: Answer[]): void;
  /** Seconds by which its clock is ahead of ours, as its Date header tells. */
  ahead: number;
  /** Milliseconds that were waited for it, so that tests need no time: its clock goes on by them. */
  waited: number;
  /** Milliseconds since 1970 by its clock. */
  now: () => number;
  close(): Promise<void>;
}

export async function startServer(answer: (call: Call, server: Server) => Answer): Promise<Server> {
  const faults: Answer[] = [];
  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://localhost');
    const call: Call = {
      method: request.method ?? '',
      path: pathname,
      query: searchParams,
      headers: request.headers,
      body: Buffer.concat(chunks).toString('utf8'),
    };
    server.calls.push(call);
    const { status = 200, json, text, headers, cut } = faults.shift() ?? answer(call, server);
    if (cut) return void request.socket.destroy();
    response
      .writeHead(status, {
        'content-type': text === undefined ? 'application/json' : 'text/html; charset=utf-8',
        date: new Date(server.now()).toUTCString(),
        ...headers,
      })
      .end(text ?? JSON.stringify(json));
  }
  const http = createServer((request, response) => void handle(request, response));
  http.listen(0, '127.0.0.1');
  await once(http, 'listening');
  const server: Server = {
    url: `http://127.0.0.1:${(http.address() as AddressInfo).port}`,
    calls: [],
    wrong: [],
    fail: (...answers) => void faults.push(...answers),
    ahead: 0,
    waited: 0,
    now: () => Date.now() + server.ahead * 1000 + server.waited,
    async close() {
      http.closeAllConnections();
      await new Promise((resolve) => http.close(resolve));
    },
  };
  return server;
}
