import {
  createServer,
  type IncomingMessage,
  type RequestListener,
  type Server,
  type ServerResponse,
} from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { setImmediate } from 'node:timers/promises';
import { answerClientError } from './client-error.ts';
import { sendProblem } from './problem.ts';

export interface GracefulServer {
  server: Server;
  /** Takes no new connections, finishes and answers what has come on those it has, then resolves. */
  stop: () => Promise<void>;
}

/** Milliseconds. */
export interface Limits {
  /** In which a request's headers must be here. */
  headersTimeout?: number;
  /** In which a whole request must be here. */
  requestTimeout?: number;
  /** After which `stop` cuts off who is still sending or reading: Cloud Run ends a container 10 s after it said so. */
  stopWithin?: number;
}

/** A URL of 8 kB and some headers fit; whoever sends more is answered 431. */
const maxHeaderSize = 16 * 1024;

/** Longer than the 600 s of Google's load balancer: it closes an idle connection, never we just as it sends a request. */
const keepAliveTimeout = 620_000;

type Connections = Map<Duplex, Set<ServerResponse>>;

/** An HTTP server that can stop without losing a request. */
export function gracefulServer(
  listener: RequestListener,
  { headersTimeout = 10_000, requestTimeout = 30_000, stopWithin = 9_000 }: Limits = {},
): GracefulServer {
  let stopping = false;
  const connections: Connections = new Map();
  const timeouts = { headersTimeout, requestTimeout, connectionsCheckingInterval: headersTimeout / 2 };
  // Node's own answer to a missing Host could be cached; ours cannot.
  const options = { ...timeouts, maxHeaderSize, keepAliveTimeout, requireHostHeader: false };
  const server = createServer(options, (request, response) => {
    if (hostIsMissing(request)) return sendProblem(response, 400, { title: 'Send a Host header' }, close);
    const inFlight = connections.get(request.socket)!.add(response);
    // It was on its way when the stop began. It may be a sale: turned away it would be in no topic and in no journal.
    if (stopping) closeAfterLast(inFlight);
    response.once('close', () => {
      inFlight.delete(response);
      // Its headers may have said keep-alive before the stop began.
      if (stopping) closeIdle(request.socket, inFlight);
    });
    listener(request, response);
  });
  server.on('connection', (socket) => {
    connections.set(socket, new Set());
    socket.once('close', () => connections.delete(socket));
  });
  server.on('clientError', (error: NodeJS.ErrnoException, socket) =>
    answerClientError(error, socket, [...(connections.get(socket) ?? [])]),
  );
  return {
    server,
    stop() {
      stopping = true;
      return stopServer(server, connections, stopWithin);
    },
  };
}

const close = { connection: 'close' };

const hostIsMissing = ({ headers, httpVersion }: IncomingMessage) =>
  headers.host === undefined && httpVersion === '1.1';

async function stopServer(server: Server, connections: Connections, within: number): Promise<void> {
  for (const inFlight of connections.values()) closeAfterLast(inFlight);
  await readWhatHasArrived();
  // Node would wait for connections that never sent a request, and for ever, since a closing server checks no timeouts.
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  for (const [socket, inFlight] of connections) closeIdle(socket as Socket, inFlight);
  const cutOff = setTimeout(() => server.closeAllConnections(), within);
  await closed;
  clearTimeout(cutOff);
}

/** Of requests that were sent together the last: those before it need the connection to stay. */
function closeAfterLast(inFlight: Set<ServerResponse>): void {
  const unanswered = [...inFlight].filter(({ headersSent }) => !headersSent);
  for (const response of unanswered) response.removeHeader('connection');
  unanswered.at(-1)?.setHeader('connection', 'close');
}

/** Two turns of the event loop, one of which reads: a request that is already here is answered rather than cut off. */
async function readWhatHasArrived(): Promise<void> {
  await setImmediate();
  await setImmediate();
}

function closeIdle(socket: Socket, inFlight: Set<ServerResponse>): void {
  if (inFlight.size === 0) socket.destroySoon();
}
