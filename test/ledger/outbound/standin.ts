import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { OutboundSettings } from '../../../services/ledger/outbound/worker.ts';

export interface Received {
  method: string;
  url: string;
  headers: IncomingMessage['headers'];
  body: string;
}

export interface StandIn {
  url: string;
  received: Received[];
  /** How many requests are open at this moment, and how many were at most. */
  open(): { now: number; most: number };
  /** What it does from now on; `OK` at first. */
  answers(by: Answerer): void;
  stop(): Promise<void>;
}

type Answerer = (request: Received, response: ServerResponse) => unknown;

export const ok: Answerer = (_, response) => response.end('OK');
export const status =
  (code: number, headers: Record<string, string> = {}, body = ''): Answerer =>
  (_, response) =>
    response.writeHead(code, headers).end(body);
export const hangs: Answerer = () => {};

/** A publisher's server, on loopback. */
export async function startStandIn(): Promise<StandIn> {
  let answerer = ok;
  const received: Received[] = [];
  const open = { now: 0, most: 0 };
  const server = createServer((request, response) => {
    open.now += 1;
    open.most = Math.max(open.most, open.now);
    response.on('close', () => (open.now -= 1));
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const { method = '', url = '', headers } = request;
      const one = { method, url, headers, body: Buffer.concat(chunks).toString() };
      received.push(one);
      answerer(one, response);
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    received,
    open: () => ({ ...open }),
    answers: (by) => (answerer = by),
    async stop() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

/** Lets deliveries go to a stand-in. Looks at what is due only when it is told to. */
export const toStandIn: OutboundSettings = { http: true, addresses: ['127.0.0.1/32'], every: 3_600_000 };
