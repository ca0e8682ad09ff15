import { createHmac } from 'node:crypto';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createReplay, inParts, type Replayed } from '../../services/gateway/replay.ts';
import { exampleRequest, loadExamples } from '../../services/manifest/example.ts';
import { loadPartners } from '../../services/manifest/load/load.ts';
import type { Incoming } from '../../services/manifest/read/request.ts';
import { topics, type Bus } from '../../services/runtime/bus.ts';
import { comingFrom } from '../support/examples.ts';
import { startTestGateway, type TestGateway } from '../support/gateway.ts';
import { openPartner, partnerFrom, signingPartner, tokenPartner } from '../support/partners.ts';

/** A way that ended before the gateway's time. */
const endedPartner = partnerFrom(`
id: ended
name: Ended
path: /ended
verify: { none: a test, until: 2026-11-01 }
fields: { conversionId: id, status: { from: status, approved: ok } }
`);
const partners = [...loadPartners('partners'), tokenPartner, signingPartner, openPartner, endedPartner];

let down = false;
let bus: Bus;
const troubled = (real: Bus): Bus => {
  bus = real;
  const publish: Bus['publish'] = (topic, messages) =>
    down ? Promise.reject(new Error('down')) : real.publish(topic, messages);
  return { ...real, publish };
};

let gateway: TestGateway;
beforeAll(async () => (gateway = await startTestGateway({ partners, wrapBus: troubled, trustedHops: 1 })));
afterAll(() => gateway.stop());
beforeEach(() => gateway.reset());

/** The journal's lines as a log holds them. */
const journal = (): unknown[] =>
  gateway.lines
    .filter(({ message }) => message === 'journal')
    .map(({ message, fields }) => JSON.parse(JSON.stringify({ severity: 'ERROR', message, ...fields })));

const replay = (lines: unknown[], live = (name: string) => [`example-${name}`]): Promise<Replayed[]> =>
  createReplay({ partners, bus, secrets: { live: (_, name) => live(name) } })(lines);

const kept = async () =>
  Object.fromEntries(
    await Promise.all(
      topics.map(async (topic) => [topic, (await gateway.kept(topic)).map(({ data }) => JSON.parse(data))]),
    ),
  ) as Record<(typeof topics)[number], Record<string, unknown>[]>;

async function sendWhileDown(request: Partial<Incoming> & { path: string }): Promise<unknown[]> {
  down = true;
  expect((await gateway.send(request)).status).toBe(503);
  down = false;
  return journal();
}

describe('what could not be kept, replayed from the journal, is what it would have been', () => {
  for (const { id, partner } of partners.map((each) => ({ id: each.id, partner: each }))) {
    const examples = loadExamples(join('partners', id)).filter(
      ({ expect: { outcome }, after, secrets }) =>
        ['kept', 'quarantined'].includes(outcome ?? '') && !after && !secrets,
    );
    for (const example of examples)
      it(example.file, async () => {
        const request = comingFrom(exampleRequest(example, partner, (name) => `example-${name}`));
        gateway.now = new Date(example.now ?? '2026-11-24T00:00:00Z');
        const lines = await sendWhileDown(request);
        expect(lines).toHaveLength(1);
        expect(await replay(lines)).toMatchObject([{ partner: id, outcome: example.expect.outcome }]);
        const replayed = await kept();
        await gateway.reset();
        await gateway.send(request);
        expect(replayed).toEqual(await kept());
      });
  }
});

describe('the verdict stands', () => {
  const token = 'token=example-token&id=1&status=ok&payout=1&currency=EUR';
  beforeEach(() => void (gateway.now = new Date('2026-11-24T00:00:00Z')));

  it('refused stays refused, whatever is live now', async () => {
    const lines = await sendWhileDown({ path: '/shop/event', query: token.replace('example', 'wrong') });
    expect(await replay(lines)).toMatchObject([{ outcome: 'refused' }]);
    expect(await kept()).toMatchObject({ conversions: [], refused: [{ conversionId: '1' }] });
  });

  it('a hint stays a hint', async () => {
    const lines = await sendWhileDown({ path: '/open', query: 'id=1&status=ok' });
    await replay(lines);
    expect((await kept()).conversions).toMatchObject([{ conversionId: '1', verified: false }]);
  });

  it('a way that had expired stays so, with its day', async () => {
    const lines = await sendWhileDown({ path: '/ended', query: 'id=1&status=ok' });
    await replay(lines);
    expect(await kept()).toMatchObject({
      conversions: [],
      quarantine: [{ reasons: [{ field: 'verify', why: 'verification expired on 2026-11-01' }] }],
    });
  });

  it('twice is once', async () => {
    const lines = await sendWhileDown({ path: '/shop/event', query: token });
    expect(await replay(lines)).toMatchObject([{ outcome: 'kept' }]);
    expect(await replay([...lines, ...lines])).toMatchObject([{ outcome: 'repeat' }, { outcome: 'repeat' }]);
    expect((await gateway.send({ path: '/shop/event', query: token })).status).toBe(200);
    expect((await kept()).conversions).toHaveLength(1);
  });

  it('of refused ones it keeps more than a minute allows strangers', async () => {
    const [line] = await sendWhileDown({ path: '/shop/event', query: token.replace('example', 'wrong') });
    const many = Array.from(
      { length: 650 },
      (_, i) => JSON.parse(JSON.stringify(line).replace('id=1', `id=n${i}`)) as unknown,
    );
    await replay(many);
    expect(await bus.lastKept('refused', (await replay(many)).flatMap(({ ids }) => ids))).toHaveProperty('size', 650); // prettier-ignore
  });
});

describe('what was never decided, since a secret was missing', () => {
  const undecided = (line: unknown) => ({ ...(line as object), verdict: 'not decided' });
  beforeEach(() => void (gateway.now = new Date('2026-11-24T00:00:00Z')));

  it('proves itself by its signature, as of the time it came', async () => {
    const body = '{"id":"9","status":"ok","lines":[{"no":1,"amount":"2.50"}]}';
    const time = '1795478400';
    const v1 = createHmac('sha256', 'example-key').update(`${time}.${body}`).digest('hex');
    const headers = { 'x-time': time, 'x-signature': `v1=${v1}`, 'content-type': 'application/json' };
    const lines = (await sendWhileDown({ method: 'POST', path: '/signer', headers, body: Buffer.from(body) })).map(undecided); // prettier-ignore
    expect(await replay(lines, () => [])).toMatchObject([{ outcome: 'refused' }]);
    expect(await replay(lines)).toMatchObject([{ outcome: 'kept' }]);
    expect((await kept()).conversions).toMatchObject([{ conversionId: '9', verified: true }]);
  });

  it('waits among the refused for a person, where what proved it is masked', async () => {
    const lines = (await sendWhileDown({ path: '/shop/event', query: 'token=example-token&id=1&status=ok' })).map(undecided); // prettier-ignore
    await replay(lines);
    expect(await kept()).toMatchObject({
      conversions: [],
      refused: [{ conversionId: '1', why: 'was never verified; what proved it is masked now' }],
    });
  });
});

describe('a line that cannot be replayed is told, and the others are', () => {
  it.each([
    ['no line of the journal', { message: 'journal' }, 'no line of the journal'],
    ['nothing at all', null, 'no line of the journal'],
    ['of a partner that is gone', { partner: 'gone' }, 'there is no partner "gone" here'],
    ['with a verdict of another version', { verdict: 'maybe' }, 'verdict'],
  ])('%s', async (_, change, why) => {
    const [line] = await sendWhileDown({ path: '/open', query: 'id=1&status=ok' });
    const broken =
      change && (Object.keys(change)[0] === 'message' ? change : { ...(line as object), ...change });
    const results = await replay([broken, line]);
    expect(results).toMatchObject([{ outcome: 'failed', ids: [] }, { outcome: 'kept' }]);
    expect(results[0]!.why).toContain(why);
  });

  it('when the bus is away, or a secret', async () => {
    const [line] = await sendWhileDown({ path: '/open', query: 'id=1&status=ok' });
    const away = createReplay({
      partners,
      bus: { ...bus, publish: () => Promise.reject(new Error('away')) },
      secrets: { live: () => [] },
    });
    expect(await away([line])).toMatchObject([{ outcome: 'failed', why: 'Error: away' }]);
  });
});

describe('what a second reader found', () => {
  const query = 'token=example-token&id=1&payout=1&currency=EUR';
  const at = (hour: number) => new Date(Date.UTC(2026, 10, 24, hour));

  it('an earlier state that returned after hours is news in a replay too', async () => {
    const lines: unknown[] = [];
    for (const [hour, status] of [
      [0, 'ok'],
      [3, 'no'],
      [6, 'ok'],
    ] as const) {
      gateway.now = at(hour);
      gateway.lines.length = 0;
      lines.push(...(await sendWhileDown({ path: '/shop/event', query: `${query}&status=${status}` })));
    }
    const again = createReplay({ partners, bus, secrets: { live: () => ['example-token'] } });
    expect(await again([...lines].reverse())).toMatchObject([
      { outcome: 'kept' },
      { outcome: 'kept' },
      { outcome: 'kept' },
    ]);
    expect(await again(lines)).toMatchObject([
      { outcome: 'repeat' },
      { outcome: 'repeat' },
      { outcome: 'repeat' },
    ]);
    expect(await replay(lines)).toMatchObject([
      { outcome: 'repeat' },
      { outcome: 'repeat' },
      { outcome: 'repeat' },
    ]);
  });

  it('a HEAD is never published', async () => {
    gateway.now = at(0);
    const [line] = await sendWhileDown({ path: '/open', query: 'id=1&status=ok' });
    const head = JSON.parse(JSON.stringify(line).replace('"GET"', '"HEAD"')) as unknown;
    expect(await replay([head])).toMatchObject([{ outcome: 'probe' }]);
    expect((await kept()).conversions).toEqual([]);
  });

  it('masks a token that white space or a byte order mark stands before', async () => {
    for (const before of ['\r\n', ' ', '\uFEFF', '\uFEFF\n']) {
      const body = Buffer.from(`${before}token=example-token&id=1&status=ok&payout=1&currency=EUR`);
      down = true;
      await gateway.send({ method: 'POST', path: '/shop/event', body, headers: { 'content-type': 'application/x-www-form-urlencoded' } }); // prettier-ignore
      await gateway.send({ method: 'POST', path: '/shop/event', body: Buffer.from(body.toString().replace('example', 'wrong')), headers: { 'content-type': 'application/x-www-form-urlencoded' } }); // prettier-ignore
      down = false;
    }
    expect(JSON.stringify(gateway.lines)).not.toMatch(/example-token|wrong-token/);
  });
});

describe('parts that a running server takes', () => {
  it('hold every line once, however large', () => {
    const lines = Array.from({ length: 50 }, (_, i) => ({ i, text: 'x'.repeat(700_000) }));
    const parts = inParts(lines);
    expect(parts.flat()).toEqual(lines);
    expect(parts.length).toBeGreaterThan(5);
    for (const part of parts) expect(JSON.stringify(part).length).toBeLessThan(6_000_000);
  });
});
