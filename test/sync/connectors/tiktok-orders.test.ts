import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Tokens } from '../../../services/linkshare/tokens.ts';
import { fileSecret } from '../../../services/runtime/embedded/writableSecret.ts';
import { tiktokOrders } from '../../../services/sync/connectors/tiktok-orders.ts';
import { order } from '../../linkshare/stand-in/orders.ts';
import { withStandIn } from '../../linkshare/support.ts';
import { emptyFolder } from '../../support/folder.ts';
import { contextOf, pagesOf, type Asked } from './support.ts';

const standIn = withStandIn();
const now = Math.floor(Date.now() / 1000);
const orders = (count: number) => Array.from({ length: count }, (_none, n) => order(n, now - 3_600 - n));

async function asked(more: Partial<Asked> & { tokens?: Partial<Tokens> } = {}) {
  const { auth, url } = standIn();
  const secret = fileSecret(join(emptyFolder(), 'tokens'));
  const stored: Tokens = {
    accessToken: auth.accessToken,
    accessExpires: now + 86_400,
    refreshToken: auth.refreshToken,
    refreshExpires: now + 864_000,
    openId: 'o',
    userType: 1,
    name: undefined,
    region: 'ID',
    scopes: auth.scopes,
    ...more.tokens,
  };
  await secret.write(JSON.stringify(stored));
  const made = contextOf({
    secrets: { 'app-key': auth.appKey, 'app-secret': auth.appSecret },
    settings: { host: url, authHost: url },
    writable: () => secret,
    ...more,
  });
  return { ...made, stored: async () => JSON.parse((await secret.read())!) as Tokens };
}

const idsOf = (pages: string[]) =>
  pages.flatMap((page) =>
    (JSON.parse(page) as { data: { orders: { id: string }[] } }).data.orders.map(({ id }) => id),
  );

describe("TikTok's orders", () => {
  it('come whole, as TikTok sent them', async () => {
    standIn().orders = orders(230);
    const { context } = await asked();
    const pages = await pagesOf(tiktokOrders, context);
    expect(idsOf(pages)).toEqual(orders(230).map(({ id }) => id));
    expect(pages).toHaveLength(3);
    expect(pages[0]).toContain('"amount":"Rp9.900"');
  });

  it('keep 19 digits that come as a number', async () => {
    const text =
      '{"code":0,"data":{"orders":[{"id":5790000000000000001,"create_time":1,"status":"SETTLED","skus":[]}],"next_page_token":""}}';
    standIn().fail('orders/search', { text });
    const { context } = await asked();
    expect(await pagesOf(tiktokOrders, context)).toEqual([text]);
  });

  it('of days on which nothing was sold are no pages', async () => {
    const { context } = await asked();
    expect(await pagesOf(tiktokOrders, context)).toEqual([]);
  });

  it.each([
    ['that end soon', { accessExpires: now + 60 }],
    ['that TikTok calls expired', {}],
  ])('renew tokens %s, and store the next', async (_what, tokens) => {
    standIn().orders = orders(1);
    if (!('accessExpires' in tokens))
      standIn().fail('orders/search', { status: 401, code: 105_002, message: 'Expired credentials' });
    const { context, stored, lines } = await asked({ tokens });
    expect(await pagesOf(tiktokOrders, context)).toHaveLength(1);
    expect(await stored()).toMatchObject({ accessToken: 'TTP_access_1', refreshToken: 'TTP_refresh_1' });
    expect(lines).toEqual([{ level: 'info', message: 'token refreshed', fields: { token: '..ss_1' } }]);
  });

  it.each([
    [
      'a consent that was taken back',
      { status: 401, code: 105_001, message: 'invalid' },
      /Authorise again: linkshare auth login/,
    ],
    [
      'a missing scope',
      { status: 403, code: 105_005, message: 'no' },
      /the scope creator\.affiliate_collaboration\.read is not granted/,
    ],
    ["a seller's token", { code: 101_000, status: 400, message: 'no' }, /These tools need a creator/],
    [
      'a page of a proxy',
      { text: '<html>Sign in' },
      /the answer is not TikTok's JSON but application\/json: "<html>Sign in"/,
    ],
  ])('end with what to do: %s', async (_what, fault, why) => {
    standIn().fail('orders/search', fault);
    const { context } = await asked();
    await expect(pagesOf(tiktokOrders, context)).rejects.toThrow(why);
  });

  it('end with what to do: our clock is ten minutes behind', async () => {
    standIn().ahead = 600;
    const { context } = await asked();
    await expect(pagesOf(tiktokOrders, context)).rejects.toThrow(/clock is 10 minutes behind TikTok's/);
  });

  it('end with what to do: a refresh token that was used', async () => {
    const { context } = await asked({ tokens: { accessExpires: now - 5, refreshToken: 'used' } });
    await expect(pagesOf(tiktokOrders, context)).rejects.toThrow(/no longer good\nAuthorise again/);
  });

  it('end where the same page token comes for ever', async () => {
    const again = (n: number) => ({
      data: { next_page_token: 'same', total_count: 9, orders: [order(n, now - 60)] },
    });
    standIn().fail('orders/search', again(1), again(2), again(3));
    const { context } = await asked();
    await expect(pagesOf(tiktokOrders, context)).rejects.toThrow('sends the same pages again and again');
  });

  it('wait as long as TikTok asks', async () => {
    standIn().orders = orders(1);
    standIn().fail('orders/search', { status: 429, code: 36_009_002, headers: { 'retry-after': '20' } });
    const server = { waited: 0 };
    const { context, lines } = await asked({ server });
    expect(await pagesOf(tiktokOrders, context)).toHaveLength(1);
    expect(lines.map(({ message }) => message)).toEqual(['report: trying again']);
    expect(server.waited).toBeGreaterThanOrEqual(19_000);
  });

  it('are fetched by two runs at once, and one of them refreshes', async () => {
    standIn().orders = orders(2);
    const { context } = await asked({ tokens: { accessExpires: now + 60 } });
    const both = await Promise.all([pagesOf(tiktokOrders, context), pagesOf(tiktokOrders, context)]);
    const ids = orders(2).map(({ id }) => id);
    expect(both.map(idsOf)).toEqual([ids, ids]);
    expect(standIn().auth.refreshes).toBe(1);
  });
});
