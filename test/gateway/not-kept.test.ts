import { connect } from 'node:net';
import { afterAll, beforeAll, beforeEach, expect, it, vi } from 'vitest';
import type { Bus } from '../../services/runtime/bus.ts';
import { startTestGateway, type TestGateway } from '../support/gateway.ts';
import { partnerFrom, tokenPartner } from '../support/partners.ts';

/** A real bus that can be made to fail, to hang, or to answer late. */
let trouble: 'none' | 'fails' | 'hangs' | 'is slow' = 'none';
const troubled = (bus: Bus): Bus => ({
  ...bus,
  async publish(topic, messages) {
    if (trouble === 'fails') throw new Error('disk full');
    if (trouble === 'hangs') await new Promise(() => {});
    if (trouble === 'is slow') await new Promise((resolve) => setTimeout(resolve, 300));
    return bus.publish(topic, messages);
  },
});

const hurried = partnerFrom(`
id: hurried
name: Hurried
path: /hurried
verify: { secret: token, at: token }
fields: { conversionId: id, status: { from: status, approved: ok } }
deploy: { answerWithin: 1s }
`);

let gateway: TestGateway;
beforeAll(
  async () => (gateway = await startTestGateway({ partners: [tokenPartner, hurried], wrapBus: troubled })),
);
afterAll(() => gateway.stop());
beforeEach(async () => {
  trouble = 'none';
  await gateway.reset();
});

const query = 'token=example-token&id=1&status=ok&payout=1&currency=EUR';

it('answers 503 with Retry-After when the bus fails, and the journal holds the whole request without its secret', async () => {
  trouble = 'fails';
  const answer = await gateway.send({ path: '/shop/event', query, headers: { 'user-agent': 'net/1' } });
  expect([answer.status, answer.headers['retry-after']]).toEqual([503, '5']);
  expect(gateway.lines.find(({ message }) => message === 'journal')?.fields).toMatchObject({
    partner: 'shop',
    receivedAt: '2026-11-24T00:00:00.000Z',
    verdict: 'verified',
    request: {
      method: 'GET',
      path: '/shop/event',
      query: query.replace('example-token', '***'),
      headers: { 'user-agent': 'net/1' },
    },
  });
  expect(JSON.stringify(gateway.lines)).not.toContain('example-token');
});

it('answers 503 for what would be quarantined or refused, too', async () => {
  trouble = 'fails';
  expect((await gateway.send({ path: '/shop/event', query: query.replace('ok', 'wow') })).status).toBe(503);
  expect((await gateway.send({ path: '/shop/event', query: query.replace('example', 'wrong') })).status).toBe(
    503,
  );
});

it('answers 503 within the partner’s time when the bus hangs', async () => {
  trouble = 'hangs';
  const answer = await gateway.send({ path: '/hurried', query });
  expect(answer.status).toBe(503);
  expect(gateway.lines.find(({ fields }) => fields.outcome === 'not kept')?.fields.why).toContain('1000 ms');
});

it('keeps the next try of a request that was not kept', async () => {
  trouble = 'fails';
  await gateway.send({ path: '/shop/event', query });
  trouble = 'none';
  expect((await gateway.send({ path: '/shop/event', query })).status).toBe(200);
  expect(await gateway.kept('conversions')).toHaveLength(1);
});

it('keeps a sale whose sender hangs up before the answer', async () => {
  trouble = 'is slow';
  await new Promise<void>((resolve, reject) => {
    const socket = connect(gateway.port, '127.0.0.1', () => {
      socket.write(`GET /shop/event?${query} HTTP/1.1\r\nhost: x\r\n\r\n`, () =>
        setTimeout(() => resolve(void socket.destroy()), 50),
      );
    }).on('error', reject);
  });
  await vi.waitFor(async () => expect(await gateway.kept('conversions')).toHaveLength(1), 3000);
});

it('answers 503, never 500, when our own code throws, and loses nothing', async () => {
  const broken = { ...tokenPartner, decide: () => { throw new TypeError('a fault of ours'); } }; // prettier-ignore
  const other = await startTestGateway({ partners: [broken] });
  try {
    expect((await other.send({ path: '/shop/event', query })).status).toBe(503);
    expect(other.lines.map(({ message }) => message)).toContain('journal');
  } finally {
    await other.stop();
  }
});

it('answers 503 without a stack when even the journal cannot be written', async () => {
  const fault = () => {
    throw new TypeError('a fault of ours');
  };
  const other = await startTestGateway({ partners: [{ ...tokenPartner, decide: fault, mask: fault }] });
  try {
    const answer = await other.send({ path: '/shop/event', query });
    expect([answer.status, answer.headers['retry-after']]).toEqual([503, '5']);
    expect(answer.body).not.toContain('TypeError');
    expect(other.lines.map(({ message }) => message)).toEqual(['fault']);
  } finally {
    await other.stop();
  }
});
