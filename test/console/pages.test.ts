import { createHash } from 'node:crypto';
import { connect } from 'node:net';
import express from 'express';
import { Kysely, PGliteDialect } from 'kysely';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createConsole } from '../../services/console/pages.ts';
import type { QuarantineRecord, RefusedRecord } from '../../services/contract/records.ts';
import type { Topic } from '../../services/runtime/bus.ts';
import { createTableBus } from '../../services/runtime/embedded/bus.ts';
import { openDatabase, type Database, type Tables } from '../../services/runtime/embedded/database.ts';
import { startServer, type RunningServer } from '../../services/runtime/server.ts';
import { anEvent, aRawRequest } from '../support/events.ts';
import { rawExchange } from '../support/http.ts';

let db: Database;
let closeDb: () => Promise<void>;
let server: RunningServer;
let anyHost: RunningServer;
beforeAll(async () => {
  ({ db, close: closeDb } = await openDatabase('memory://'));
  const start = (app: express.Express) => startServer(app, { host: '127.0.0.1', port: 0 });
  server = await start(express().use(createConsole({ db })));
  anyHost = await start(express().use(createConsole({ db, anyHost: true })));
});
afterAll(async () => {
  await Promise.all([server.stop(), anyHost.stop()]);
  await closeDb();
});
beforeEach(() => db.deleteFrom('messages').execute());

const get = (path: string, query = '', headers: Record<string, string> = { host: 'localhost' }) =>
  rawExchange(server.port, { path, query, headers });
const page = async () => (await get('/')).body;

async function keep(topic: Topic, record: object, data = JSON.stringify(record)): Promise<void> {
  const { id } = record as { id: string };
  await createTableBus(db).publish(topic, [{ id, data, attributes: { 'ce-id': id } }]);
}

const head = { version: 1 as const, receivedAt: '2026-11-24T12:00:00.000Z', raw: aRawRequest };
const quarantined = (more: Partial<QuarantineRecord> = {}): QuarantineRecord => ({
  ...head,
  id: 'q1',
  partner: 'acme',
  verified: true,
  reasons: [{ field: 'status', why: 'is a word this manifest does not know', value: 'Confirmd' }],
  ...more,
});
const refused = (more: Partial<RefusedRecord> = {}): RefusedRecord => ({
  ...head,
  id: 'r1',
  partner: 'acme',
  conversionId: '77',
  why: 'brings a wrong secret',
  ...more,
});

describe('who may look', () => {
  it.each([
    'evil.example',
    'evil.example:8080',
    'localhost.evil.example',
    '127.0.0.1.evil.example',
    '127.0.0.2',
    'localhost@evil.example',
    '0.0.0.0:8080',
  ])('Host %j is answered 421: a page on the internet must not read ours', async (host) => {
    await keep('conversions', anEvent({ conversionId: 'private' }));
    for (const path of ['/', '/events']) {
      const { status, headers, body } = await get(path, '', { host });
      expect(status).toBe(421);
      expect(headers['content-type']).toBe('application/problem+json');
      expect(body).not.toContain('private');
    }
  });

  it('no Host at all is answered 421', async () => {
    const socket = connect(server.port, '127.0.0.1').setEncoding('utf8');
    socket.write('GET /events HTTP/1.0\r\n\r\n');
    expect((await socket.toArray()).join('')).toMatch(/^HTTP\/1\.1 421 /);
  });

  it.each(['localhost', 'localhost:8080', 'LOCALHOST:1', '127.0.0.1:65535', '[::1]', '[::1]:8080'])(
    'Host %s is answered',
    async (host) => {
      expect((await get('/', '', { host })).status).toBe(200);
      expect((await get('/events', '', { host })).status).toBe(200);
    },
  );

  it('any Host is answered where that is asked for, as on the Unix socket', async () => {
    const { status } = await rawExchange(anyHost.port, { path: '/events', headers: { host: 'x' } });
    expect(status).toBe(200);
  });

  it("leaves every other path to the others: a partner's Host is its own", async () => {
    const { status } = await get('/acme/event', '', { host: 'evil.example' });
    expect(status).toBe(404);
  });
});

describe('GET /events', () => {
  it.each([
    'topic=other',
    'topic=',
    'limit=0',
    'limit=201',
    'limit=-1',
    'limit=1.5',
    'limit=1e2',
    'limit=',
    'before=x',
    'limt=5',
  ])('%s is answered 400 with what is right', async (query) => {
    const { status, headers, body } = await get('/events', query);
    expect(status).toBe(400);
    expect(headers['content-type']).toBe('application/problem+json');
    expect(body).toContain('conversions, quarantine, refused');
  });

  it('gives the newest first, with their data read and when they were kept', async () => {
    const events = ['1', '2', '3'].map((conversionId) => anEvent({ conversionId }));
    for (const event of events) await keep('conversions', event);
    await keep('refused', refused());
    const { status, headers, body } = await get('/events', 'topic=conversions&limit=2');
    expect(status).toBe(200);
    expect(headers).toMatchObject({ 'content-type': 'application/json', 'cache-control': 'no-store' });
    const messages = JSON.parse(body) as { seq: number; keptAt: string; data: unknown }[];
    expect(messages).toMatchObject([
      { topic: 'conversions', attributes: { 'ce-id': events[2]!.id }, data: events[2] },
      { topic: 'conversions', attributes: { 'ce-id': events[1]!.id }, data: events[1] },
    ]);
    expect(messages[0]!.keptAt).toMatch(/^\d{4}-\d\d-\d\dT.*Z$/);
    const older = await get('/events', `before=${messages[1]!.seq}`);
    expect(JSON.parse(older.body)).toMatchObject([{ data: events[0] }]);
  });
});

describe('GET /', () => {
  it('says what to do next when nothing was received', async () => {
    const body = await page();
    expect(body).toMatch(/run one of the curl lines/i);
    expect(body).not.toContain('<table');
  });

  it('shows of a conversion what it is, whose, how much and how sure', async () => {
    const event = anEvent({
      partner: 'involve',
      conversionId: '5766614988',
      lineId: '2',
      status: 'on_hold',
      publisherRef: 'mkk',
      saleAmount: { amount: '1299000', currency: 'IDR' },
      commission: { amount: '3.25', currency: 'USD' },
      occurredAt: '2026-11-20T01:02:03.000Z',
      verified: false,
      test: true,
    });
    await keep('conversions', event);
    const text = textOf(await page());
    for (const part of [
      'involve',
      '5766614988 / 2',
      'on_hold',
      'mkk',
      '1299000 IDR',
      '3.25 USD',
      '2026-11-20 01:02:03',
      '2026-11-24 12:00:00',
      'hint, test',
    ])
      // prettier-ignore
      expect(text).toContain(part);
  });

  it('shows why something was quarantined or refused, and who sent it', async () => {
    await keep('quarantine', quarantined());
    await keep('refused', refused({ raw: { ...aRawRequest, address: '203.0.113.9' } }));
    const text = textOf(await page());
    for (const part of [
      'status is a word this manifest does not know',
      'Confirmd',
      'brings a wrong secret',
      '203.0.113.9',
      '77',
    ])
      // prettier-ignore
      expect(text).toContain(part);
  });

  it('is not taken away by a message of another version, or one that is no JSON', async () => {
    await keep('conversions', anEvent({ conversionId: 'readable' }));
    await keep('conversions', { id: 'n', version: 2, what: '<b>new</b>' });
    await keep('quarantine', { id: 'x' }, 'not JSON <b>');
    const { status, body } = await get('/');
    expect(status).toBe(200);
    expect(body).toContain('readable');
    expect(body).toContain('&lt;b&gt;new&lt;/b&gt;');
    expect(body).toContain('not JSON &lt;b&gt;');
  });

  it('shows of what cannot be read no more than its beginning', async () => {
    await keep('conversions', { id: 'x' }, `begin ${'x'.repeat(100_000)} end`);
    const body = await page();
    expect(body).toContain('begin xxx');
    expect(body.length).toBeLessThan(10_000);
  });

  it('names its column in every cell, for screens where a row becomes a list', async () => {
    await keep('refused', refused());
    const body = await page();
    const heads = [...body.matchAll(/<th>(.*?)<\/th>/g)].map((match) => match[1]);
    expect(heads).toEqual(['Received', 'Partner', 'Conversion', 'Why', 'From']);
    expect([...body.matchAll(/data-head="(.*?)"/g)].map((match) => match[1])).toEqual(heads);
  });

  const evil = `"'><script>alert(1)</script><img src=x onerror=alert(1)>`;
  const money = { amount: '1', currency: 'USD' };

  it('lets nothing that was sent become HTML, in any field of any record', async () => {
    const plain = [anEvent({ saleAmount: money, commission: money }), quarantined(), refused()];
    for (const [i, topic] of (['conversions', 'quarantine', 'refused'] as const).entries())
      await keep(topic, plain[i]!);
    const harmless = elementsOf(await page());
    await db.deleteFrom('messages').execute();
    const event = anEvent({
      partner: evil,
      conversionId: evil,
      lineId: evil,
      publisherRef: evil,
      orderId: evil,
      clickId: evil,
      account: evil,
      partnerStatus: evil,
      subIds: [evil],
      saleAmount: money,
      commission: money,
      offer: { id: evil, name: evil },
      extra: { [evil]: evil },
      raw: { method: evil, path: evil, query: evil, headers: { [evil]: evil }, address: evil, body: evil },
    });
    await keep('conversions', event);
    await keep(
      'quarantine',
      quarantined({ partner: evil, reasons: [{ field: evil, why: evil, value: evil }] }),
    );
    const raw = { ...aRawRequest, address: evil };
    await keep('refused', refused({ partner: evil, conversionId: evil, why: evil, secretHint: evil, raw }));
    const body = await page();
    expect(body).toContain('&lt;script&gt;');
    // The same elements with the same attributes, however evil the texts between them.
    expect(elementsOf(body)).toEqual(harmless);
  });

  it('lets nothing that is not of this version become HTML, where a status or trust would be an attribute', async () => {
    const odd = {
      ...anEvent(),
      status: evil,
      verified: evil,
      test: evil,
      receivedAt: evil,
      saleAmount: evil,
    };
    await keep('conversions', odd);
    const body = await page();
    expect(body).not.toContain('<script');
    expect(body).not.toContain('<img');
    expect(body).toContain('&lt;script&gt;');
  });

  it('forbids the browser all but its own style, which is exactly the one that is allowed', async () => {
    const { headers, body } = await get('/');
    const policy = String(headers['content-security-policy']);
    const [, style = ''] = /<style>([\s\S]*?)<\/style>/.exec(body)!;
    const hash = createHash('sha256').update(style).digest('base64');
    expect(policy.split('; ')).toEqual(
      expect.arrayContaining([
        "default-src 'none'",
        `style-src 'sha256-${hash}'`,
        "frame-ancestors 'none'",
        "base-uri 'none'",
        "form-action 'none'",
      ]),
    );
    expect(policy).not.toContain('unsafe');
    expect(headers).toMatchObject({
      'content-type': 'text/html; charset=utf-8',
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
    });
    expect(body).not.toMatch(/<script|<link|\son\w+=|\sstyle=/i);
  });
});

describe('when the database cannot be read', () => {
  it('is answered 500 with problem details, and no stack', async () => {
    const pglite = () => Promise.reject(new Error('the disk is full'));
    const broken = new Kysely<Tables>({ dialect: new PGliteDialect({ pglite }) });
    const app = express().use(createConsole({ db: broken }));
    const running = await startServer(app, { host: '127.0.0.1', port: 0 });
    const { status, headers, body } = await rawExchange(running.port, {
      path: '/',
      headers: { host: 'localhost' },
    });
    await running.stop();
    expect(status).toBe(500);
    expect(headers['content-type']).toBe('application/problem+json');
    expect(body).toContain('the disk is full');
    expect(body).not.toMatch(/\.ts|\.js|\n\s+at /);
  });
});

const elementsOf = (body: string) => body.match(/<[^>]*>/g);
const textOf = (body: string) => body.replace(/<style>[\s\S]*<\/style>|<[^>]*>/g, ' ').replace(/\s+/g, ' ');
