import { connect } from 'node:net';

export interface LoadResult {
  answered: number;
  perSecond: number;
  /** Milliseconds. */
  medianLatency: number;
  p99Latency: number;
  /** Answers that were not 200. */
  failures: number;
  /** Milliseconds that it took. */
  ms: number;
}

export const median = (values: number[]) => quantile(values, 0.5);

export function quantile(values: number[], share: number): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length * share)] ?? NaN;
}

interface Load {
  connections: number;
  /** For how long new requests are sent; as long as there are any if nothing is said. */
  ms?: number;
}

/** Sends requests over keep-alive connections, one at a time on each, until there are no more of them or the time is over; loopback only. */
export async function load(
  port: number,
  requests: Iterator<Buffer>,
  { connections, ms = Infinity }: Load,
): Promise<LoadResult> {
  const latencies: number[] = [];
  let failures = 0;
  const started = performance.now();
  await Promise.all(Array.from({ length: connections }, oneConnection));
  const took = performance.now() - started;
  return {
    answered: latencies.length,
    perSecond: (latencies.length / took) * 1000,
    medianLatency: median(latencies),
    p99Latency: quantile(latencies, 0.99),
    failures,
    ms: took,
  };

  function oneConnection(): Promise<void> {
    return new Promise((resolve, reject) => {
      const socket = connect({ port, host: '127.0.0.1', noDelay: true });
      let sent = 0;
      const send = () => {
        const next = performance.now() < started + ms ? requests.next() : { done: true as const };
        if (next.done) return void socket.end(resolve);
        sent = performance.now();
        socket.write(next.value);
      };
      socket.on('connect', send).on('error', reject);
      // Whoever hangs up in the midst would leave this waiting.
      socket.on('close', () => reject(new Error('the server hung up')));
      // Every answer measured here is small enough for one packet.
      socket.on('data', (data) => {
        latencies.push(performance.now() - sent);
        if (data.toString('latin1', 9, 12) !== '200') failures++;
        send();
      });
    });
  }
}

/** The same request for ever. */
export function* again(request: Buffer): Generator<Buffer, undefined> {
  for (;;) yield request;
}

/** The bytes of a request as HTTP/1.1. */
export function httpBytes(r: {
  method: string;
  path: string;
  query: string;
  headers: object;
  body: Uint8Array;
}): Buffer {
  const headers = Object.entries({
    host: '127.0.0.1',
    ...r.headers,
    ...(r.body.length && { 'content-length': r.body.length }),
  });
  const head = `${r.method} ${r.path}${r.query && `?${r.query}`} HTTP/1.1\r\n${headers.map(([k, v]) => `${k}: ${v}\r\n`).join('')}\r\n`;
  return Buffer.concat([Buffer.from(head), r.body]);
}
