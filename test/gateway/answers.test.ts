import { createHmac } from 'node:crypto';
import { conversionEvent } from '../../services/contract/event.ts';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Incoming } from '../../services/manifest/read/request.ts';
import { startTestGateway, type TestGateway } from '../support/gateway.ts';
import { threePartners } from '../support/partners.ts';

let gateway: TestGateway;
beforeAll(async () => (gateway = await startTestGateway({ partners: threePartners })));
afterAll(() => gateway.stop());
beforeEach(() => gateway.reset());

const token = 'token=example-token';
const good = `${token}&id=1&sub=MKK&payout=1.50&currency=EUR&status=ok`;

function signed(
  body: string,
  { at = gateway.now, key = 'example-key' } = {},
): Partial<Incoming> & { path: string } {
  const time = String(Math.floor(at.getTime() / 1000));
  const mac = createHmac('sha256', key).update(`${time}.${body}`).digest('hex');
  return {
    method: 'POST',
    path: '/signer',
    headers: { 'x-time': time, 'x-signature': `v1=${mac}`, 'content-type': 'application/json' },
    body: Buffer.from(body),
  };
}

/** Every request ends in one answer that is not cached, one line in the log, and one place (or none) where it is kept. */
async function expectAnswer(request: Partial<Incoming> & { path: string }, status: number, outcome: string) {
  const answer = await gateway.send(request);
  expect({ status: answer.status, body: answer.body }).toMatchObject({ status });
  expect(answer.headers['cache-control']).toBe('no-store');
  expect(gateway.lines.map(({ fields }) => fields.outcome)).toEqual([outcome]);
  return answer;
}

describe('200', () => {
  it('answers OK once the conversion is in the topic', async () => {
    const answer = await expectAnswer({ path: '/shop/event', query: good }, 200, 'kept');
    expect(answer.body).toBe('OK');
    expect((await gateway.kept('conversions')).map(({ data }) => JSON.parse(data))).toMatchObject([
      { conversionId: '1', verified: true },
    ]);
  });

  it('publishes one message per item, the request on the first, its id on the others', async () => {
    await expectAnswer(
      signed('{"id":7,"status":"ok","lines":[{"no":1,"amount":1.10},{"no":2,"amount":"2"}]}'),
      200,
      'kept',
    );
    const events = (await gateway.kept('conversions')).map(({ data }) => JSON.parse(data)).reverse();
    expect(events).toMatchObject([
      { lineId: '1', commission: { amount: '1.1' } },
      { lineId: '2', rawIn: events[0].id },
    ]);
    expect(events[0].raw.body).toContain('"amount":1.10');
    expect(events[1].raw).toBeUndefined();
  });

  it.each([
    [
      'a form',
      {
        headers: { 'content-type': 'application/x-www-form-urlencoded' },
        body: 'id=1&payout=1.5&currency=EUR&status=ok',
      },
    ],
    [
      'JSON',
      {
        headers: { 'content-type': 'application/json' },
        body: '{"id":1,"payout":1.5,"currency":"EUR","status":"ok"}',
      },
    ],
    [
      'JSON that says it is a form',
      {
        headers: { 'content-type': 'application/x-www-form-urlencoded' },
        body: '{"id":1,"payout":1.5,"currency":"EUR","status":"ok"}',
      },
    ],
  ])('reads %s', async (_, { headers, body }) => {
    await expectAnswer(
      { method: 'POST', path: '/shop/event', query: token, headers, body: Buffer.from(body) },
      200,
      'kept',
    );
    expect(JSON.parse((await gateway.kept('conversions'))[0]!.data)).toMatchObject({
      conversionId: '1',
      commission: { amount: '1.5', currency: 'EUR' },
    });
  });

  it('writes nothing for a repeat, and again once the window has passed', async () => {
    const request = { path: '/shop/event', query: good };
    const start = Date.now();
    gateway.now = new Date(start);
    await gateway.send(request);
    gateway.lines.length = 0;
    await expectAnswer(request, 200, 'repeat');
    expect(await gateway.kept('conversions')).toHaveLength(1);
    gateway.now = new Date(start + 3_700_000);
    gateway.lines.length = 0;
    await expectAnswer(request, 200, 'kept');
    expect(await gateway.kept('conversions')).toHaveLength(2);
    gateway.now = new Date('2026-11-24T00:00:00Z');
  });

  it('publishes the one line that is news of a request whose other line is a repeat, and the request with it', async () => {
    await gateway.send(signed('{"id":7,"status":"ok","lines":[{"no":1,"amount":1}]}'));
    await gateway.send(signed('{"id":7,"status":"ok","lines":[{"no":1,"amount":1},{"no":2,"amount":2}]}'));
    const [second, first, ...more] = (await gateway.kept('conversions')).map(({ data }) => JSON.parse(data));
    expect([first.lineId, second.lineId, more.length]).toEqual(['1', '2', 0]);
    expect(second.raw.body).toContain('"no":2');
    for (const event of [first, second]) expect(conversionEvent.safeParse(event).success).toBe(true);
  });

  it('keeps one message when the same postback comes fifty times at once', async () => {
    const answers = await Promise.all(
      Array.from({ length: 50 }, () => gateway.send({ path: '/shop/event', query: good })),
    );
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
    expect(await gateway.kept('conversions')).toHaveLength(1);
    expect(gateway.lines.filter(({ fields }) => fields.outcome === 'repeat')).toHaveLength(49);
  });

  it.each([
    ['a test button that brings nothing but the token', { path: '/shop/event', query: token }],
    [
      'an event that the manifest ignores',
      { path: '/shop/event', query: `${token}&id=1&payout=1&currency=EUR&status=ping` },
    ],
    ['HEAD, which never publishes', { method: 'HEAD', path: '/shop/event', query: good }],
  ])('is a probe: %s', async (_, request) => {
    await expectAnswer(request, 200, 'probe');
    expect(await gateway.kept('conversions')).toEqual([]);
  });

  it('marks what nothing proves', async () => {
    await expectAnswer({ path: '/open', query: 'id=1&status=ok' }, 200, 'kept');
    expect(JSON.parse((await gateway.kept('conversions'))[0]!.data)).toMatchObject({ verified: false });
  });

  it('takes the last of a repeated key where the manifest says so', async () => {
    await expectAnswer({ path: '/shop/event', query: `${good}&order=a&order=b` }, 200, 'kept');
    expect(JSON.parse((await gateway.kept('conversions'))[0]!.data)).toMatchObject({ orderId: 'b' });
  });
});

describe('202: authentic, kept whole, not readable', () => {
  const with_ = (changes: string) => {
    const parameters = new URLSearchParams(good);
    for (const [name, value] of new URLSearchParams(changes)) parameters.set(name, value);
    return parameters.toString();
  };
  it.each([
    ['a status never seen', with_('status=wow'), 'status'],
    ['an amount 1,234.5x', with_('payout=1,234.5x'), 'commission'],
    ['an amount NaN', with_('payout=NaN'), 'commission'],
    ['an amount 1e9', with_('payout=1e9'), 'commission'],
    ['a negative amount', with_('payout=-1.50'), 'commission'],
    ['an amount of 40 digits', with_(`payout=${'9'.repeat(40)}`), 'commission'],
    ['a currency of no country', with_('currency=XTS'), 'commission'],
    ['currency XXX', with_('currency=XXX'), 'commission'],
    ['a time that does not exist in its zone', with_('at=2026-03-29 02:30:00'), 'occurredAt'],
    ['a null byte', `${with_('').replace('sub=MKK', 'sub=M%00K')}`, 'publisherRef'],
    ['a lone surrogate', good.replace('sub=MKK', 'sub=%ED%A0%80'), 'publisherRef'],
    ['a missing id', good.replace('id=1&', ''), 'conversionId'],
    ['an unfilled macro', good.replace('id=1', 'id={conversion_id}'), 'conversionId'],
    ['two different ids', `${good}&id=2`, 'conversionId'],
  ])('%s', async (_, query, field) => {
    const answer = await expectAnswer({ path: '/shop/event', query }, 202, 'quarantined');
    expect(answer.headers['content-type']).toBe('application/problem+json');
    expect(JSON.parse(answer.body).errors).toMatchObject([{ field }]);
    const [record] = (await gateway.kept('quarantine')).map(({ data }) => JSON.parse(data));
    expect(record).toMatchObject({
      verified: true,
      reasons: [{ field }],
      raw: { query: query.replace('example-token', '***') },
    });
    expect(await gateway.kept('conversions')).toEqual([]);
  });

  const post = (body: string | Buffer, type: string) => ({
    method: 'POST',
    path: '/shop/event',
    query: token,
    headers: { 'content-type': type },
    body: Buffer.from(body as string), // prettier-ignore
  });
  it.each([
    ['broken JSON', '{"id":', 'application/json'],
    ['HTML sent as JSON', '<html><script>alert(1)</script></html>', 'application/json'],
    [
      '10,000 parameters',
      Array.from({ length: 10_000 }, (_, i) => `p${i}=1`).join('&'),
      'application/x-www-form-urlencoded',
    ],
    ['brackets 60,000 deep', '['.repeat(60_000), 'application/json'],
    ['a list where an object should be', '[1,2]', 'application/json'],
    [
      'keys that mean something to JavaScript',
      '{"__proto__":{"id":"1"},"constructor":{"id":1}}',
      'application/json',
    ],
    ['multipart', '--x\r\n\r\n', 'multipart/form-data; boundary=x'],
    ['bytes that are no text', Buffer.from([0xff, 0xfe, 0x00, 0x41]), 'application/json'],
  ])('%s in the body', async (_, body, type) => {
    await expectAnswer(post(body, type), 202, 'quarantined');
    const [record] = (await gateway.kept('quarantine')).map(({ data }) => JSON.parse(data));
    const kept = Buffer.from(record.raw.body, record.raw.bodyIn ?? 'utf8');
    expect(kept.equals(Buffer.from(body as string))).toBe(true);
  });

  it('says nothing of the fields to a sender that proved nothing', async () => {
    const answer = await expectAnswer({ path: '/open', query: 'id=1&status=wow' }, 202, 'quarantined');
    expect(JSON.parse(answer.body)).not.toHaveProperty('errors');
    expect(JSON.parse((await gateway.kept('quarantine'))[0]!.data)).toMatchObject({ verified: false });
  });

  it('decides a request of several items whole: one that is unreadable, and none is published', async () => {
    await expectAnswer(
      signed('{"id":7,"status":"ok","lines":[{"no":1,"amount":1},{"no":2,"amount":"x"}]}'),
      202,
      'quarantined',
    );
    expect(await gateway.kept('conversions')).toEqual([]);
    expect(await gateway.kept('quarantine')).toHaveLength(1);
  });

  it('puts aside a request in which two items are the same sale: one would overwrite the other', async () => {
    const body = '{"id":7,"status":"ok","lines":[{"no":1,"amount":1},{"no":1,"amount":2}]}';
    await expectAnswer(signed(body), 202, 'quarantined');
    expect(await gateway.kept('conversions')).toEqual([]);
  });

  it('keeps one record of the same unreadable request sent twice', async () => {
    await gateway.send({ path: '/shop/event', query: with_('status=wow') });
    await gateway.send({ path: '/shop/event', query: with_('status=wow') });
    expect(await gateway.kept('quarantine')).toHaveLength(1);
  });

  it('quarantines what comes by a way that has expired', async () => {
    gateway.now = new Date('2027-01-01T00:00:00Z');
    await expectAnswer({ path: '/open', query: 'id=1&status=ok' }, 202, 'quarantined');
    gateway.now = new Date('2026-11-24T00:00:00Z');
  });
});

describe('401: not verified', () => {
  it.each([
    ['a wrong token', { path: '/shop/event', query: good.replace('example-token', 'guess') }, 1],
    ['no token', { path: '/shop/event', query: good.replace(`${token}&`, '') }, 1],
    ['two different tokens', { path: '/shop/event', query: `${good}&token=other` }, 1],
    ['a wrong token and no conversion id', { path: '/shop/event', query: 'token=guess&sub=1' }, 0],
    ['nothing at all', { path: '/shop/event' }, 0],
  ])('%s', async (_, request, kept) => {
    const answer = await expectAnswer(request, 401, 'refused');
    expect(answer.headers['www-authenticate']).toBeDefined();
    expect(await gateway.kept('refused')).toHaveLength(kept);
    expect(await gateway.kept('conversions')).toEqual([]);
  });

  it('answers at once when a stranger repeats the secret’s parameter', async () => {
    const query = `${'token=*&'.repeat(400)}id=*1&id=*2`;
    await expectAnswer({ path: '/shop/event', query }, 401, 'refused');
  });

  it('keeps no secret that was sent as the conversion id', async () => {
    await expectAnswer({ path: '/shop/event', query: 'token=1&id=example-token' }, 401, 'refused');
    expect(JSON.stringify(await gateway.kept('refused'))).not.toContain('example-token');
  });

  it.each([
    ['a signature over another body', () => ({ ...signed('{"id":1}'), body: Buffer.from('{"id":2}') })],
    ['a stale timestamp', () => signed('{"id":1}', { at: new Date(gateway.now.getTime() - 301_000) })],
    [
      'a timestamp of the future',
      () => signed('{"id":1}', { at: new Date(gateway.now.getTime() + 301_000) }),
    ],
    ['another key', () => signed('{"id":1}', { key: 'other' })],
  ])('%s', async (_, request) => {
    await expectAnswer(request(), 401, 'refused');
    expect(await gateway.kept('refused')).toHaveLength(1);
  });

  it('keeps at most 600 a minute and counts the rest', async () => {
    const other = await startTestGateway({ partners: threePartners });
    try {
      for (let start = 0; start < 620; start += 62)
        await Promise.all(
          Array.from({ length: 62 }, (_, i) =>
            other.send({ path: '/shop/event', query: `token=no&id=${start + i}` }),
          ),
        );
      expect(await other.kept('refused')).toHaveLength(600);
      expect(other.lines.filter(({ fields }) => String(fields.why).includes('more than 600'))).toHaveLength(
        20,
      );
    } finally {
      await other.stop();
    }
  });
});

describe('the usual', () => {
  it('404 for a path that is nobody’s', async () => {
    for (const path of ['/nobody', '/shop', '/shop/event/more', '/shop/eventually', '/%ff', '//shop/event'])
      expect((await gateway.send({ path })).status, path).toBe(404);
  });

  it('405 for another method, saying which are right', async () => {
    for (const method of ['PUT', 'DELETE', 'PATCH', 'OPTIONS']) {
      const { status, headers } = await gateway.send({ method, path: '/shop/event', query: good });
      expect([status, headers.allow]).toEqual([405, 'GET, POST, HEAD']);
    }
  });

  it('413 for a body over 128 kB, and over what a manifest lowers it to', async () => {
    const post = { method: 'POST', path: '/shop/event', query: token };
    expect((await gateway.send({ ...post, body: Buffer.alloc(129_000, 'a') })).status).toBe(413);
    expect((await gateway.send({ ...post, body: Buffer.alloc(127_000, 'a') })).status).toBe(202);
    expect((await gateway.send({ ...signed('x'.repeat(2001)) })).status).toBe(413);
  });

  it('415 for a body that is packed', async () => {
    const headers = { 'content-encoding': 'gzip' };
    expect(
      (
        await gateway.send({
          method: 'POST',
          path: '/shop/event',
          query: token,
          headers,
          body: Buffer.from('x'),
        })
      ).status,
    ).toBe(415);
  });

  it('431 for a header of 1 MB', async () => {
    const answer = await gateway
      .send({ path: '/shop/event', query: good, headers: { 'x-large': 'a'.repeat(1_000_000) } })
      .catch(() => 'cut off' as const);
    if (answer !== 'cut off') expect(answer.status).toBe(431);
    expect((await gateway.send({ path: '/shop/event', query: good })).status).toBe(200);
  });
});
