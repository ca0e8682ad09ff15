import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { conversionEvent } from '../../services/contract/event.ts';
import type { Bus } from '../../services/runtime/bus.ts';
import { Busy } from '../../services/sync/lease.ts';
import { runSync } from '../../services/sync/run.ts';
import { emptyFolder } from '../support/folder.ts';
import { startInvolve, type Involve } from './stand-in/involve.ts';
import { filePartner, involveAt, startTestSync, type TestSync } from './support.ts';

const now = () => new Date('2026-11-24T00:00:00Z');
const secrets = { 'net/api-key-one': 'general', 'net/api-secret-one': 'c2VjcmV0K2E=' };
const row = (id: number, changes: object = {}) => ({
  conversion_id: id,
  payout: 1.1,
  currency: 'USD',
  conversion_status: 'pending',
  datetime_conversion: '2026-11-20 21:15:03',
  ...changes,
});
const many = (count: number) => Array.from({ length: count }, (_, i) => row(1_000 + i));

let involve: Involve;
let sync: TestSync;
beforeAll(async () => (sync = await startTestSync(secrets)));
afterAll(() => sync.close());
beforeEach(async () => {
  involve = await startInvolve([]);
  await sync.reset();
});
afterEach(async () => {
  expect(involve.server.wrong).toEqual([]);
  await involve.server.close();
});

const run = (asked = {}, parts = {}, partner = involveAt(involve.server.url)) =>
  runSync(partner, asked, { ...sync.parts, now, ...parts });
const cursor = async () => (await sync.parts.db.selectFrom('sync_cursors').selectAll().execute()).map(({ taken_until }) => taken_until.toISOString()); // prettier-ignore
const ranges = () => involve.server.calls.filter(({ path }) => path.endsWith('/range')).map(({ body }) => new URLSearchParams(body)); // prettier-ignore

describe('a run', () => {
  it('takes every page, and a second one finds nothing new', async () => {
    involve.rows = many(250);
    expect(await run()).toEqual({ partner: 'net', failures: [], counts: { pages: 3, rows: 250, published: 250, unreadable: 0, quarantined: 0, ignored: 0 } }); // prettier-ignore
    const events = await sync.published();
    expect(conversionEvent.parse(events[0])).toMatchObject({ key: 'net/One/1000/', via: 'report', verified: true, occurredAt: '2026-11-20T13:15:03.000Z' }); // prettier-ignore
    expect((await run()).counts).toMatchObject({ rows: 250, published: 0 });
    expect(await sync.published()).toHaveLength(250);
  });

  it('publishes a state that returns', async () => {
    for (const status of ['pending', 'approved', 'pending', 'pending']) {
      involve.rows = [row(1, { conversion_status: status }), row(2)];
      await run();
    }
    expect((await sync.published()).map(({ conversionId, status }) => [conversionId, status].join(' '))).toEqual(['1 pending', '2 pending', '1 approved', '1 pending']); // prettier-ignore
  });

  it('begins where a network may still change a sale, and asks in parts of a month', async () => {
    await run();
    expect(await cursor()).toEqual(['2026-11-24T00:00:00.000Z']);
    expect(ranges().map((form) => `${form.get('start_date')} ${form.get('end_date')}`)).toEqual(['2026-09-25 2026-10-26', '2026-10-26 2026-11-24']); // prettier-ignore
    involve.server.calls.length = 0;
    await run({}, { now: () => new Date('2026-12-10T00:00:00Z') });
    expect(ranges()[0]!.get('start_date')).toBe('2026-09-25');
    expect(await cursor()).toEqual(['2026-12-10T00:00:00.000Z']);
  });

  it('of an empty report is whole', async () => {
    expect(await run()).toMatchObject({ failures: [], counts: { rows: 0, published: 0 } });
  });

  it('of an older or a later time moves no cursor over what was not taken', async () => {
    await run();
    await run({ since: new Date('2026-10-01'), until: new Date('2026-10-02') });
    expect(await cursor()).toEqual(['2026-11-24T00:00:00.000Z']);
    await run({ since: new Date('2026-12-01') }, { now: () => new Date('2026-12-10T00:00:00Z') });
    expect(await cursor()).toEqual(['2026-11-24T00:00:00.000Z']);
  });

  it.each([
    [{ since: new Date('2026-11-02'), until: new Date('2026-11-01') }, 'the first must be before the second'],
    [{ since: new Date('2027-11-01'), until: new Date('2027-11-02') }, 'is in the future'],
  ])('of no time: %j', async (asked, why) => {
    await expect(run(asked)).rejects.toThrow(why);
    expect(involve.server.calls).toEqual([]);
  });
});

describe('a row that cannot be read', () => {
  it('is put aside once, whole, and the others go on', async () => {
    involve.rows = [row(1), row(2, { conversion_status: 'Wow' }), row(3)];
    expect((await run()).counts).toMatchObject({ rows: 3, published: 2, unreadable: 1, quarantined: 1 });
    expect((await run()).counts).toMatchObject({ published: 0, unreadable: 1, quarantined: 0 });
    expect(await sync.published('quarantine')).toMatchObject([{ partner: 'net', verified: true, raw: { method: 'REPORT', path: '/net/report/One' }, reasons: [{ field: '0.status', value: 'Wow' }] }]); // prettier-ignore
  });
});

describe('a network in trouble', () => {
  const failing = async (why: string | RegExp) => {
    const { failures } = await run();
    expect(failures).toHaveLength(1);
    expect(failures[0]).toMatch(why);
    expect(await cursor()).toEqual([]);
    expect(JSON.stringify([failures, sync.lines])).not.toContain(secrets['net/api-secret-one']);
  };

  it('sends HTML', async () => {
    involve.server.fail({ text: '<html>Just a moment...</html>' });
    await failing(/^One: .*not JSON but text\/html.*Just a moment/s);
  });

  it('refuses key and secret: it is not asked again', async () => {
    involve.secret = 'another';
    await failing(
      /gives no token \(HTTP 401: Invalid Credentials\).*new versions of the secrets api-key and api-secret/,
    );
    expect(involve.server.calls).toHaveLength(1);
  });

  it('refuses a token that was good: another is fetched', async () => {
    involve.rows = many(150);
    involve.server.fail({ json: { status: 'success', data: { token: 'stale' } } });
    expect((await run()).failures).toEqual([]);
    expect(await sync.published()).toHaveLength(150);
  });

  it('takes no more calls for now: they are made again', async () => {
    involve.rows = many(3);
    involve.server.fail(
      { status: 429, json: {}, headers: { 'retry-after': '30' } },
      { status: 503, text: 'busy' },
    );
    expect((await run()).failures).toEqual([]);
    expect(await sync.published()).toHaveLength(3);
  });

  it('sends the same page again and again', async () => {
    involve.rows = many(100);
    const page = { status: 'success', data: { page: 1, count: 900, nextPage: 2, data: many(100) } };
    await run({ since: new Date('2026-11-20'), until: new Date('2026-11-21') });
    involve.server.fail({ json: { data: { token: 't' } } }, { json: page }, { json: page });
    const { failures } = await run({ since: new Date('2026-11-20'), until: new Date('2026-11-21') });
    expect(failures[0]).toMatch('the same pages again and again');
  });

  it('is cut off in the third page: what came before is kept, and the next run makes it good', async () => {
    involve.rows = many(300);
    const period = { since: new Date('2026-11-20'), until: new Date('2026-11-22') };
    const usual = sync.parts.bus;
    let pages = 0;
    // The cut comes once two pages were kept, at whichever attempt.
    const bus: Bus = {
      ...usual,
      async publish(topic, messages) {
        await usual.publish(topic, messages);
        if (++pages === 2) involve.server.fail(...Array.from({ length: 5 }, () => ({ cut: true })));
      },
    };
    const { failures, counts } = await run(period, { bus });
    expect(failures[0]).toMatch(/could not be reached.*fetched by the next run/s);
    expect(counts).toMatchObject({ pages: 2, published: 200 });
    expect(await run(period)).toMatchObject({ failures: [], counts: { rows: 300, published: 100 } });
    expect(new Set((await sync.published()).map(({ id }) => id)).size).toBe(300);
  });
});

describe('a bus that refuses', () => {
  it('leaves the cursor, and the next run publishes what is not certain', async () => {
    involve.rows = many(3);
    const bus: Bus = { ...sync.parts.bus, publish: () => Promise.reject(new Error('no topic')) };
    expect((await run({}, { bus })).failures).toEqual(['One: no topic']);
    // Up to the part in which the sales are.
    expect(await cursor()).toEqual(['2026-10-26T00:00:00.000Z']);
    expect((await run()).counts.published).toBe(3);
  });

  it('publishes a state that was there before, when the one between is not certain', async () => {
    involve.rows = [row(1)];
    await run();
    involve.rows = [row(1, { conversion_status: 'approved' })];
    const usual = sync.parts.bus;
    const bus: Bus = { ...usual, publish: (...all) => usual.publish(...all).then(() => Promise.reject(new Error('killed'))) }; // prettier-ignore
    await run({}, { bus });
    involve.rows = [row(1)];
    await run();
    expect((await sync.published()).map(({ status }) => status)).toEqual(['pending', 'approved', 'pending']);
  });
});

describe('two at once', () => {
  it('one runs, the other says so; a lease of one that was killed runs out', async () => {
    involve.rows = many(5);
    const usual = sync.parts.bus;
    let second: Promise<unknown> = Promise.resolve();
    const bus: Bus = {
      ...usual,
      async publish(...all) {
        second = run().catch((error: unknown) => error);
        await second;
        await usual.publish(...all);
      },
    };
    expect((await run({}, { bus })).counts.published).toBe(5);
    expect(await second).toBeInstanceOf(Busy);
    expect(String(await second)).toMatch(/is being fetched since .*: this run does nothing.*free again at/);
    await sync.parts.db.updateTable('sync_runs').set({ lease: 'killed', leased_until: new Date(Date.now() - 1) }).execute(); // prettier-ignore
    expect((await run()).failures).toEqual([]);
  });
});

describe('two accounts', () => {
  it('have secrets and cursors of their own, and one that fails leaves the other alone', async () => {
    involve.rows = many(2);
    const both = involveAt(involve.server.url, '', '[Other, One]');
    const { failures, counts } = await run({}, {}, both);
    expect(failures).toEqual(['Other: the secret api-key-other of net has no value']);
    expect(counts.published).toBe(2);
    expect(await sync.parts.db.selectFrom('sync_cursors').select('account').execute()).toEqual([{ account: 'One' }]); // prettier-ignore
  });
});

describe('a file', () => {
  const take = (text: string) => {
    const file = join(emptyFolder(), 'report.csv');
    writeFileSync(file, text);
    return runSync(filePartner, { since: new Date(0) }, { ...sync.parts, now, file });
  };

  it('is taken row by row, twice without news; what is wrong is told by line', async () => {
    const text = '\ufeffOrder ID;Fee (USD);Status\r\nA-1;1.50;ok\r\nA-2;2\r\n"A;3";2.00;no\r\nA-4;1;huh\r\n';
    expect((await take(text)).counts).toMatchObject({ rows: 3, published: 2, unreadable: 1, quarantined: 1 });
    expect(sync.lines).toContainEqual({ level: 'warn', message: 'row not read', fields: { line: 3, why: 'it has 2 columns, and the header 3' } }); // prettier-ignore
    expect((await sync.published()).map(({ key }) => key)).toEqual(['filed//A-1/', 'filed//A;3/']);
    expect((await take(text)).counts).toMatchObject({ published: 0, quarantined: 0 });
    expect(await cursor()).toEqual([]);
  });

  it.each([
    ['', 'the file is empty'],
    ['Order ID,Status\n1,"ok\n', 'line 2: a quote that begins here never ends'],
    ['O\u0000r\u0000d\u0000,x\n', 'the file is not UTF-8'],
    ['a b,a_b\n', 'two columns are called "a_b"'],
  ])('that is none: %j', async (text, why) => {
    expect((await take(text)).failures.join()).toContain(why);
  });
});
