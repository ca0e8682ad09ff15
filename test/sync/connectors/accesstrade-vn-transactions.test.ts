import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { accesstradeVnTransactions } from '../../../services/sync/connectors/accesstrade-vn-transactions.ts';
import { startAccesstrade, type AccesstradeServer, type Transaction } from '../stand-in/accesstrade-vn.ts';
import { contextOf, pagesOf, type Asked } from './support.ts';

let accesstrade: AccesstradeServer;
beforeEach(async () => {
  accesstrade = await startAccesstrade();
});
afterEach(async () => {
  await accesstrade.close();
  expect(accesstrade.wrong).toEqual([]);
});

const transaction = (n: number, made = '2026-11-10T09:00:00', changed = made): Transaction => ({
  conversion_id: n,
  transaction_id: `2611${n}`,
  transaction_time: made,
  update_time: changed,
  status: 0,
  commission: 225.0,
});
const many = (count: number) => Array.from({ length: count }, (_none, n) => transaction(n));

function asked(more: Partial<Asked> = {}) {
  return contextOf({
    since: '2026-11-08T00:00:00Z',
    until: '2026-11-12T00:00:00Z',
    secrets: { 'api-token': accesstrade.key },
    settings: { host: accesstrade.url },
    server: accesstrade,
    ...more,
  });
}
const fetchAll = async (more?: Partial<Asked>) => pagesOf(accesstradeVnTransactions, asked(more).context);
const idsOf = (pages: string[]) =>
  pages.flatMap((page) =>
    (JSON.parse(page) as { data: { conversion_id: number }[] }).data.map((row) => row.conversion_id),
  );

describe('the transactions of AccessTrade Vietnam', () => {
  it.each([
    ['it says how many there are', { tellsTotal: true, size: 100 }],
    ['it does not', { tellsTotal: false, size: 100 }],
    ['it gives fewer at once than it is asked for', { tellsTotal: true, size: 40 }],
    ['neither', { tellsTotal: false, size: 40 }],
  ])('come whole where %s', async (_what, how) => {
    Object.assign(accesstrade, { transactions: many(250), ...how });
    expect(idsOf(await fetchAll())).toEqual(Array.from({ length: 250 }, (_none, n) => n));
  });

  it('are those made in the period, and older ones that were changed in it', async () => {
    accesstrade.transactions = [
      transaction(1, '2026-11-07T23:59:59'),
      transaction(2, '2026-11-08T00:00:00', '2026-11-20T00:00:00'),
      transaction(3, '2026-11-12T00:00:00'),
      transaction(4, '2026-10-01T00:00:00', '2026-11-09T00:00:00'),
      transaction(5, '2026-10-01T00:00:00', '2026-11-13T00:00:00'),
      transaction(6, '2026-06-01T00:00:00', '2026-11-09T00:00:00'),
    ];
    expect(idsOf(await fetchAll())).toEqual([2, 4]);
  });

  it('are asked for ten times a minute at most', async () => {
    Object.assign(accesstrade, { transactions: many(30), size: 2 });
    const before = accesstrade.waited;
    expect(idsOf(await fetchAll())).toHaveLength(30);
    expect(accesstrade.waited - before).toBeGreaterThan(50_000);
    expect(accesstrade.calls).toHaveLength(16);
  });

  it('keep digits that a float would lose', async () => {
    accesstrade.fail({
      text: '{"data":[{"conversion_id":1234567890123456789,"commission":225.10}],"total":1}',
    });
    expect((await fetchAll())[0]).toContain('1234567890123456789,"commission":225.10');
  });

  it('of a period of nothing are no pages', async () => {
    expect(await fetchAll()).toEqual([]);
  });

  it('wait as long as they are asked to', async () => {
    accesstrade.transactions = many(1);
    accesstrade.fail({ status: 429, json: {}, headers: { 'retry-after': '30' } }, { status: 429, json: {} });
    const before = accesstrade.waited;
    expect(idsOf(await fetchAll())).toEqual([0]);
    expect(accesstrade.waited - before).toBeGreaterThanOrEqual(90_000);
  });

  it('are left to the next run where they are asked to wait an hour', async () => {
    accesstrade.fail({ status: 429, json: {}, headers: { 'retry-after': '3600' } });
    await expect(fetchAll()).rejects.toThrow(
      /takes no more calls for now \(HTTP 429\), and asks us to wait 60 minutes\. What was not taken in is fetched by the next run/,
    );
  });

  it('are given up after five attempts at a server in trouble', async () => {
    accesstrade.fail(...Array.from({ length: 5 }, () => ({ status: 503, text: '<html>' })));
    await expect(fetchAll()).rejects.toThrow(/it is in trouble \(HTTP 503\)/);
    expect(accesstrade.calls).toHaveLength(5);
  });

  it('end where the same page comes for ever', async () => {
    const same = { json: { data: [transaction(1)] } };
    accesstrade.fail(same, same, same);
    await expect(fetchAll()).rejects.toThrow('sends the same pages again and again');
    expect(accesstrade.calls).toHaveLength(2);
  });

  it.each([
    [{ status: 403, json: { message: 'Forbidden' } }, /may not see its transactions/],
    [{ status: 400, json: { message: 'since is wrong' } }, /HTTP 400: since is wrong/],
    [{ text: '<html>Sign in' }, /the answer is not JSON but text\/html/],
    [{ json: { error: 'x' } }, /no list under "data"/],
  ])('are refused with what to do: %j', async (answer, why) => {
    accesstrade.fail(answer);
    await expect(fetchAll()).rejects.toThrow(why);
  });

  it('tell a key that was replaced, and show none', async () => {
    const { context, lines } = asked({ secrets: { 'api-token': 'replaced-key' } });
    const error = await pagesOf(accesstradeVnTransactions, context).catch((reason: Error) => reason);
    expect(String(error)).toMatch(/HTTP 401: Unauthorized\)\. The secret api-token is no key of theirs/);
    expect(String(error) + JSON.stringify(lines)).not.toContain('replaced-key');
  });
});
