import type { RequestListener, Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gracefulServer, type Limits } from './http.ts';

export interface RunningServer {
  url: string;
  port: number;
  /** Takes no new connections, finishes and answers what has come, then resolves: after 9 s whatever happens. */
  stop(): Promise<void>;
}

interface Options extends Limits {
  host: string;
  /** 0 takes any free one. */
  port: number;
}

/** Starts an HTTP server. Rejects with a sentence that says what to do where the port cannot be had. */
export async function startServer(
  listener: RequestListener,
  { host, port, ...limits }: Options,
): Promise<RunningServer> {
  const { server, stop } = gracefulServer(listener, limits);
  await listen(server, host, port);
  const { port: bound } = server.address() as AddressInfo;
  return { url: `http://${reachable(host)}:${bound}`, port: bound, stop };
}

/** "Every address" is none to open in a browser: the local pages answer a loopback Host only. */
function reachable(host: string): string {
  if (host === '0.0.0.0' || host === '::') return 'localhost';
  return host.includes(':') ? `[${host}]` : host;
}

function listen(server: Server, host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const fail = (error: NodeJS.ErrnoException) =>
      reject(new Error(explain(error, host, port), { cause: error }));
    server.once('error', fail).listen(port, host, () => {
      server.off('error', fail);
      resolve();
    });
  });
}

function explain({ code, message }: NodeJS.ErrnoException, host: string, port: number): string {
  if (code === 'EADDRINUSE')
    return `port ${port} is taken: stop what uses it, or set PORT to another (PORT=0 takes any free one)`;
  if (code === 'EACCES')
    return `port ${port} needs more rights than this process has: set PORT to one above 1023`;
  if (['EADDRNOTAVAIL', 'ENOTFOUND', 'EAI_AGAIN'].includes(code ?? ''))
    return `HOST=${host} is no address of this machine`;
  return message;
}
