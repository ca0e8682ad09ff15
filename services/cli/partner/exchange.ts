import { request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';
import type { Incoming } from '../../manifest/read/request.ts';
import { Failure } from '../failure.ts';

export interface Exchanged {
  status: number;
  body: string;
  ms: number;
}

/** Milliseconds in which a gateway must answer: no partner waits longer. */
const patience = 15_000;

/** Sends a request as it is to `origin`. Rejects, for the user, where nobody answers there. */
export async function exchange(
  origin: string,
  { method, path, query, headers, body }: Incoming,
): Promise<Exchanged> {
  const started = performance.now();
  const length = body.length > 0 ? { 'content-length': body.length } : {};
  const options = { method, headers: { 'user-agent': 'linkshare-send', ...headers, ...length }, timeout: patience, agent: false as const }; // prettier-ignore
  const send = origin.startsWith('https:') ? httpsRequest : httpRequest;
  return new Promise((resolve, reject) => {
    const asked = send(`${origin}${path}${query && `?${query}`}`, options, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk)).on('error', reject);
      response.on('end', () => resolve({ status: response.statusCode ?? 0, body: Buffer.concat(chunks).toString(), ms: performance.now() - started })); // prettier-ignore
    });
    asked.on('timeout', () =>
      asked.destroy(new Failure(`${origin} did not answer within ${patience / 1000} s`)),
    );
    asked.on('error', (error) => reject(error instanceof Failure ? error : unreachable(origin, error)));
    asked.end(body);
  });
}

function unreachable(origin: string, error: NodeJS.ErrnoException): Failure {
  if (error.code !== 'ECONNREFUSED') return new Failure(`${origin} cannot be reached: ${error.message}`, { cause: error }); // prettier-ignore
  return new Failure(`nothing listens at ${origin}: start it with npm start, or say where with --to`, { cause: error }); // prettier-ignore
}
