import { connect } from 'node:net';

export interface LoadResult {
  perSecond: number;
  /** Milliseconds. */
  medianLatency: number;
  failures: number;
}

/** Sends one prepared request again and again over keep-alive connections for `ms` milliseconds; loopback only. */
export async function load(
  port: number,
  request: Buffer,
  connections: number,
  ms: number,
): Promise<LoadResult> {
  const latencies: number[] = [];
  let failures = 0;
  const end = performance.now() + ms;
  const started = performance.now();
  await Promise.all(Array.from({ length: connections }, () => oneConnection()));
  const seconds = (performance.now() - started) / 1000;
  latencies.sort((a, b) => a - b);
  return {
    perSecond: latencies.length / seconds,
    medianLatency: latencies[latencies.length >> 1] ?? NaN,
    failures,
  };

  function oneConnection(): Promise<void> {
    return new Promise((resolve, reject) => {
      const socket = connect({ port, host: '127.0.0.1', noDelay: true });
      let sent = 0;
      const send = () => {
        if (performance.now() >= end) return void socket.end(resolve);
        sent = performance.now();
        socket.write(request);
      };
      socket.on('connect', send).on('error', reject);
      // Every answer measured here is small enough for one packet.
      socket.on('data', (data) => {
        latencies.push(performance.now() - sent);
        if (!data.includes(' 200 ')) failures++;
        send();
      });
    });
  }
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
