import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, it } from 'vitest';
import { sendProblem } from '../../services/runtime/problem.ts';

it('sendProblem answers RFC 9457 problem details that nobody caches, and a HEAD without them', async () => {
  const errors = [{ field: 'status', why: 'unklar, ü' }];
  const server = createServer((_request, response) =>
    sendProblem(response, 503, { title: 'Not kept', errors }, { 'retry-after': '5' }),
  ).listen(0);
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  const response = await fetch(url);
  const head = await fetch(url, { method: 'HEAD' });
  expect(response.status).toBe(503);
  expect(Object.fromEntries(response.headers)).toMatchObject({
    'content-type': 'application/problem+json',
    'cache-control': 'no-store',
    'retry-after': '5',
  });
  expect(await response.json()).toEqual({ status: 503, title: 'Not kept', errors });
  expect(head.headers.get('content-length')).toBe(response.headers.get('content-length'));
  expect(await head.text()).toBe('');
  server.close();
});
