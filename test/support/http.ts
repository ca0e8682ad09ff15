import { request as httpRequest, type Agent } from 'node:http';
import type { Incoming } from '../../services/manifest/read/request.ts';

export interface Answer {
  status: number;
  headers: Record<string, string | string[] | undefined>;
  body: string;
}

/**
 * One request, byte for byte as given: no client adds, encodes or normalizes anything. On a connection of its own, unless an agent
 * keeps one.
 */
export function rawExchange(
  port: number,
  request: Partial<Incoming> & { path: string },
  agent: Agent | false = false,
): Promise<Answer> {
  const { method = 'GET', path, query = '', headers = {}, body } = request;
  return new Promise((resolve, reject) => {
    // Without a length Node would send the body of a GET as if it were the next request.
    const length = body?.length ? { 'content-length': body.length } : {};
    const sent = httpRequest(
      {
        host: '127.0.0.1',
        port,
        method,
        path: path + (query && `?${query}`),
        headers: { ...headers, ...length },
        agent,
      },
      (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk)).on('error', reject);
        response.on('end', () =>
          resolve({
            status: response.statusCode ?? 0,
            headers: response.headers,
            body: Buffer.concat(chunks).toString(),
          }),
        );
      },
    );
    sent.on('error', reject);
    sent.end(body);
  });
}
