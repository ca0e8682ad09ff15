import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { OrderLine } from '../../services/linkshare/line.ts';
import type { Totals } from '../../services/linkshare/report/sums.ts';
import { emptyFolder } from '../support/folder.ts';
import { order, type StandInOrder } from './stand-in/orders.ts';
import { authorised, run, settings, withStandIn } from './support.ts';
import { readXlsx } from './xlsx.ts';

const standIn = withStandIn();

/** 2026-10-01 00:00 in Jakarta. */
const start = Date.UTC(2026, 8, 30, 17) / 1000;
const october = ['2026-10-01', '2026-10-31', '--region', 'ID'];

interface Written {
  orders: OrderLine[];
  totals: Totals;
  about: string[];
}

/** A report as the JSON file that it writes. */
async function reportJson(env: NodeJS.ProcessEnv, ...args: string[]) {
  const out = emptyFolder();
  const ran = await run(env, 'report', ...args, '--format', 'json', '--out', out);
  const [file] = readdirSync(out).filter((each) => each.endsWith('.json'));
  const text = file === undefined ? '{}' : readFileSync(join(out, file), 'utf8');
  return { ...ran, files: readdirSync(out), report: JSON.parse(text) as Written };
}

describe('linkshare report, wrong use', () => {
  it.each([
    [['2026-10-31', '2026-10-01'], 'would end (2026-10-01) before it begins'],
    [['2026-02-30', '2026-03-01'], '"2026-02-30" is a date that does not exist'],
    [['01.10.2026', '2026-10-31'], '"01.10.2026" is no date of TikTok Shop: dates are like 2026-10-31'],
    [['0026-10-01', '2026-10-31'], 'is no date of TikTok Shop'],
    [['2099-01-01', '2099-01-31'], 'has not begun yet'],
    [[...october.slice(0, 2), '--region', 'XX'], 'no market of TikTok Shop: there are BR, DE'],
    [[...october.slice(0, 2), '--zone', 'Mars/Base'], '"Mars/Base" is no zone'],
    [[...october, '--status', 'LOST'], 'there are UNSPECIFIED, AWAITING_PAYMENT'],
    [[...october, '--format', 'pdf'], 'there are table, excel, csv, json and all'],
    [[...october, '--format', 'csv', '--export_format', 'csv'], 'take one'],
    [[...october, '--by', 'moon'], 'broken down by product, day'],
    [[...october, '--json', '--csv'], 'both cannot be printed at once'],
  ])('%j ends with 2, and calls nobody', async (args, why) => {
    const { error } = await run(settings(standIn()), 'report', ...args);
    expect(error?.message).toContain(why);
    expect(error?.exitCode).toBe(2);
    expect(standIn().calls).toEqual([]);
  });
});

describe('linkshare report', () => {
  it('says so where a month holds nothing', async () => {
    const env = await authorised(standIn());
    const { out, error } = await run(env, 'report', ...october);
    expect(error).toBeUndefined();
    expect(out).toContain(
      'Orders made 2026-10-01 to 2026-10-31, days as in Asia/Jakarta (Indonesia); only orders in IDR',
    );
    expect(out).toContain('No orders.');
    expect(JSON.parse(standIn().calls[0]!.body)).toEqual({
      create_time_ge: start,
      create_time_lt: start + 31 * 86_400,
    });
  });

  it('adds up every page exactly, by currency, day and status, with amounts as Indonesia writes them', async () => {
    const env = await authorised(standIn());
    const orders = Array.from({ length: 250 }, (_, i) =>
      order(i, start + i * 3600, {
        actual: i % 2 ? 'Rp990' : undefined,
        status: i % 2 ? 'SETTLED' : 'To-SETTLE',
      }),
    );
    standIn().orders = [
      ...orders,
      order(999, start + 5, { currency: 'USD', price: '$1,234.50', commission: '$123.45' }),
    ];
    const { out, err, error } = await run(env, 'report', ...october, '--by', 'day');
    expect(error).toBeUndefined();
    expect(err).toContain('page 3 of 3: 251 orders');
    expect(out).toContain('Left out: lines in other currencies (USD 1)');
    expect(out).toContain('250 orders, 250 lines, 250 pieces');
    // 250 × 9,900, × 990, and half of them settled.
    expect(out).toMatch(/IDR +2,475,000 +247,500 +123,750/);
    expect(out).toMatch(/2026-10-01 +24 +24 +0 +IDR +237,600 +23,760 +11,880/);
    expect(out).toMatch(/2026-10-11 +10 +10 /);
    expect(out).not.toContain('2026-10-12');
    const all = await reportJson(env, '2026-10-01', '2026-10-31', '--zone', 'Asia/Jakarta');
    const counted = (orders: number) => ({ orders, items: orders, refunded: 0 });
    expect(all.report.totals.currencies).toEqual([
      {
        ...counted(250),
        currency: 'IDR',
        amount: '2475000',
        estimatedCommission: '247500',
        actualCommission: '123750',
      },
      {
        ...counted(1),
        currency: 'USD',
        amount: '1234.5',
        estimatedCommission: '123.45',
        actualCommission: '0',
      },
    ]);
    // A product sold in two currencies has two rows, and each counts its own.
    const whole = ['report', '2026-10-01', '2026-10-31', '--zone', 'Asia/Jakarta', '--by', 'product'];
    expect((await run(env, ...whole)).out).toMatch(
      /black_suit +250 +250 +0 +IDR[^]*black_suit +1 +1 +0 +USD/,
    );
    const settled = await reportJson(env, ...october, '--status', 'settled');
    expect(settled.report.totals.orders).toBe(125);
    expect(settled.report.orders.every(({ status }) => status === 'SETTLED')).toBe(true);
    const earlier = await reportJson(env, ...october, '--status', 'IN_TRANSIT');
    expect(earlier.err).toContain(
      "TikTok's order reports know no IN_TRANSIT; TO_SETTLE is what comes nearest",
    );
    expect(earlier.report.totals.orders).toBe(125);
  });

  it('names what cannot be read instead of guessing it', async () => {
    const env = await authorised(standIn());
    const bad = order(2, start + 60, { currency: 'IRD' });
    const many = order(3, start + 60, { price: 'Rp1.00', quantity: 2 });
    delete many.skus[0]!.quantity;
    standIn().orders = [order(1, start), bad, many, { ...order(4, start), id: '' }] as StandInOrder[];
    const { report, error } = await reportJson(env, '2026-10-01', '2026-10-31', '--zone', 'Asia/Jakarta');
    expect(error).toBeUndefined();
    expect(report.orders.map(({ unread }) => unread?.[0])).toEqual([
      undefined,
      expect.stringContaining('currency "IRD" is not an ISO 4217 currency'),
      'quantity is missing',
    ]);
    expect(report.orders[2]).toMatchObject({ price: { amount: '1', currency: 'IDR' }, quantity: 0 });
    expect(report.orders[2]!.amount).toBeUndefined();
    expect(report.about).toContainEqual(expect.stringContaining('2 lines hold amounts that cannot be read'));
    expect(report.about).toContainEqual(
      expect.stringContaining('1 orders could not be read and are missing: id: is missing'),
    );
  });

  it('counts an order that comes on two pages once', async () => {
    const env = await authorised(standIn());
    const orders = Array.from({ length: 150 }, (_, i) => order(i, start + i));
    standIn().orders = (from, size) => orders.slice(Math.max(0, from - 3), Math.max(0, from - 3) + size);
    standIn().total = 150;
    const { report } = await reportJson(env, ...october);
    expect(report.totals.orders).toBe(150);
    expect(report.about).toContain('TikTok sent 3 orders twice; each is counted once');
  });

  it('ends where page tokens run in a circle, or lead on for ever without an order', async () => {
    const env = await authorised(standIn());
    const page = (next: string, orders: StandInOrder[]) => ({
      data: { next_page_token: next, total_count: 9, orders },
    });
    standIn().fail(
      'orders/search',
      page('a', [order(1, start)]),
      page('b', [order(2, start)]),
      page('a', [order(1, start)]),
    );
    const circle = await run(env, 'report', ...october);
    expect(circle.error?.message).toContain('after page 3 TikTok sends the same pages again and again');
    standIn().fail('orders/search', ...Array.from({ length: 9 }, (_, i) => page(`t${i}`, [])));
    const { error } = await run(env, 'report', ...october, '--fresh');
    expect(error?.message).toContain('after page 3 ');
  });

  it('goes on where it was cut off, and begins anew where that page is gone', async () => {
    const env = await authorised(standIn());
    standIn().orders = Array.from({ length: 450 }, (_, i) => order(i, start + i));
    const cutAt = async (page: number) => {
      const ok = { cut: false } as const;
      const answers = Array.from({ length: page }, (_, i) => ({ ...ok, data: pageOf(i) }));
      standIn().fail('orders/search', ...answers, { status: 401, code: 105001, message: 'revoked' });
      expect((await run(env, 'report', ...october)).error?.message).toContain('code 105001');
    };
    const pageOf = (i: number) => ({
      next_page_token: Buffer.from(`offset=${(i + 1) * 100}`).toString('base64'),
      total_count: 450,
      orders: (standIn().orders as StandInOrder[]).slice(i * 100, (i + 1) * 100),
    });
    await cutAt(3);
    // As a kill in the middle of a page leaves it.
    const folder = join(env.DATA_DIR, 'tiktok/reports');
    const file = join(
      folder,
      readdirSync(folder).find((each) => each.endsWith('.jsonl'))!,
    );
    writeFileSync(file, `${readFileSync(file, 'utf8')}{"orderId":"579000000000000300","lineId`);
    standIn().calls.length = 0;
    const { report, err } = await reportJson(env, ...october);
    expect(err).toContain('going on after page 3');
    expect(standIn().calls).toHaveLength(2);
    expect(report.totals).toMatchObject({ orders: 450, lines: 450 });
    expect(existsSync(file)).toBe(false);

    await cutAt(2);
    standIn().fail('orders/search', { status: 400, code: 36009004, message: 'page_token is invalid' });
    const anew = await reportJson(env, ...october);
    expect(anew.err).toContain('beginning anew');
    expect(anew.report.totals.orders).toBe(450);
  });

  it('writes nothing, not even a part, where the disk takes no more, and needs no second fetch', async () => {
    const env = await authorised(standIn());
    standIn().orders = [order(1, start)];
    const out = emptyFolder();
    writeFileSync(join(env.DATA_DIR, 'tiktok/links.jsonl'), '');
    const { error } = await run(
      env,
      'report',
      ...october,
      '--format',
      'csv',
      '--out',
      join(env.DATA_DIR, 'tiktok/links.jsonl/x'),
    );
    expect(error?.message).toMatch(/ENOTDIR/);
    const again = await run(env, 'report', ...october, '--format', 'csv', '--out', out);
    expect(again.err).toContain('taken from what was fetched');
    expect(readdirSync(out)).toEqual(['linkshare-ID-2026-10-01--2026-10-31.csv']);
  });
});

describe('what a report is written into', () => {
  const name = '=cmd|"/c calc"!A1 <&> _x000D_ \u0001 สวัสดี 服';

  it('is CSV that Excel opens as UTF-8 and that runs nothing', async () => {
    const env = await authorised(standIn());
    standIn().orders = [order(1, start, { name, tag: '@SUM(A1)' })];
    const out = emptyFolder();
    await run(env, 'report', ...october, '--format', 'csv', '--out', out);
    const csv = readFileSync(join(out, 'linkshare-ID-2026-10-01--2026-10-31.csv'), 'utf8');
    expect(csv.startsWith('\ufefforder_id,ordered_at,status')).toBe(true);
    expect(csv).toContain(`"'=cmd|""/c calc""!A1 <&> _x000D_ \u0001 สวัสดี 服"`);
    expect(csv).toContain(`,'@SUM(A1),`);
    expect(csv).toContain('579000000000000001,2026-10-01 00:00:00,TO_SETTLE,1729793769377859852,');
    expect(csv).toContain(',IDR,9900,9900,10%,990,');
    expect(csv.trimEnd().split('\r\n')).toHaveLength(2);
  });

  it('is Excel with typed cells, a heading that stays, filters and widths', async () => {
    const env = await authorised(standIn());
    standIn().orders = [
      order(1, start + 9 * 3600 + 61, { name, quantity: 3, actual: 'Rp1.900', status: 'SETTLED' }),
      order(2, start + 86_400, { price: 'Rp12.345.678.901.234.567', product: '1729793769377859853' }),
    ];
    const out = emptyFolder();
    const { error } = await run(env, 'report', ...october, '--export_format', 'all', '--out', out);
    expect(error).toBeUndefined();
    const [summary, orders, products, days] = readXlsx(join(out, 'linkshare-ID-2026-10-01--2026-10-31.xlsx'));
    expect([summary, orders, products, days].map((each) => each?.name)).toEqual([
      'Summary',
      'Orders',
      'Products',
      'Days',
    ]);
    for (const sheet of [summary!, orders!, products!, days!]) {
      expect(sheet.frozen).toBe('A2');
      expect(sheet.filter).toMatch(new RegExp(`^A1:[A-Z]+${sheet.rows.length}$`));
      expect(sheet.widths.every((width) => width >= 9 && width <= 50)).toBe(true);
    }
    const at = (heading: string) => orders!.rows[0]!.indexOf(heading);
    const [, first, second] = orders!.rows;
    expect(first![at('Order')]).toBe('579000000000000001');
    expect(first![at('Name')]).toBe('=cmd|"/c calc"!A1 <&> _x005F_x000D_ \ufffd สวัสดี 服');
    // 2026-10-01 09:01:01 as Excel counts days.
    expect(first![at('Ordered')]).toBeCloseTo(46_296 + (9 * 3600 + 61) / 86_400, 9);
    expect([first![at('Pieces')], first![at('Amount')], first![at('Rate')]]).toEqual([3, 29_700, 0.1]);
    // Too long for a float: a text, whole.
    expect(second![at('Price')]).toBe('12345678901234567');
    expect(orders!.formats.slice(0, 2)).toEqual(['49', 'yyyy\\-mm\\-dd\\ hh:mm:ss']);
    expect(days!.rows.slice(1).map((row) => row[0])).toEqual(['2026-10-01', '2026-10-02']);
    expect(products!.rows).toHaveLength(3);
    expect(summary!.rows.find((row) => row[0] === 'Actual commission')?.slice(1)).toEqual([1900, 'IDR']);
    expect(summary!.rows.at(-1)?.[0]).toContain('Asia/Jakarta');
  });

  it('is a file for each publisher, without what we earn', async () => {
    const env = await authorised(standIn());
    for (const publisher of ['mkk', 'cary'])
      await run(env, 'link', '1729793769377859852', '--publisher', publisher);
    standIn().orders = ['mkk', 'cary', 'mkk', 'nobody', ''].map((tag, i) => order(i, start + i, { tag }));
    const out = join(emptyFolder(), 'to-send');
    const { err, error } = await run(
      env,
      'report',
      ...october,
      '--publishers-to',
      out,
      '--by',
      'publisher',
      '--format',
      'csv',
      '--out',
      emptyFolder(),
    );
    expect(error).toBeUndefined();
    expect(err).toContain(`written: ${out}/mkk-2026-10-01--2026-10-31.csv`);
    expect(readdirSync(out).sort()).toEqual([
      'cary-2026-10-01--2026-10-31.csv',
      'mkk-2026-10-01--2026-10-31.csv',
    ]);
    const csv = readFileSync(join(out, 'mkk-2026-10-01--2026-10-31.csv'), 'utf8');
    expect(csv.trim().split('\r\n')).toHaveLength(3);
    expect(csv).not.toMatch(/commission|rate|bonus|base|campaign/i);
    expect(csv).not.toContain(',990,');
    const { out: table } = await run(env, 'report', ...october, '--by', 'publisher', '--csv');
    expect(table.split('\r\n').map((row) => row.split(',').slice(0, 2))).toEqual([
      ['publisher', 'orders'],
      ['', '2'],
      ['mkk', '2'],
      ['cary', '1'],
    ]);
  });
});
