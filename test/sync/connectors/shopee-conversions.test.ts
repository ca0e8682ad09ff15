import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { authorization, shopeeConversions } from '../../../services/sync/connectors/shopee-conversions.ts';
import { no, startShopee, type Conversion, type ShopeeServer } from '../stand-in/shopee.ts';
import { contextOf, pagesOf, type Asked } from './support.ts';

let shopee: ShopeeServer;
beforeEach(async () => {
  shopee = await startShopee();
});
afterEach(async () => {
  await shopee.close();
  expect(shopee.wrong).toEqual([]);
});

const now = () => Math.floor(Date.now() / 1000);
const conversion = (n: number): Conversion => ({
  purchaseTime: now() - 3_600,
  clickTime: now() - 4_000,
  conversionId: n,
  utmContent: 'ls7Hq2-MKKhome---',
  totalCommission: '12.5',
  orders: [],
});
const many = (count: number) => Array.from({ length: count }, (_none, n) => conversion(n));

function asked(more: Partial<Asked> = {}) {
  const secrets = { 'app-id': shopee.appId, 'app-secret': shopee.secret };
  return contextOf({ secrets, settings: { host: shopee.url }, server: shopee, ...more });
}

const fetchAll = async (more?: Partial<Asked>) => pagesOf(shopeeConversions, asked(more).context);
const idsOf = (pages: string[]) =>
  pages.flatMap((page) =>
    (
      JSON.parse(page) as { data: { conversionReport: { nodes: { conversionId: number }[] } } }
    ).data.conversionReport.nodes.map(({ conversionId }) => conversionId),
  );

describe('the signature', () => {
  // From the authentication page of Shopee's affiliate API.
  it('is the published one', () => {
    const body = String.raw`{"query":"{\nbrandOffer{\n    nodes{\n        commissionRate\n        offerName\n    }\n}\n}"}`;
    expect(authorization({ appId: '123456', secret: 'demo', body, timestamp: 1_577_836_800 })).toBe(
      'SHA256 Credential=123456, Timestamp=1577836800, Signature=dc88d72feea70c80c52c3399751a7d34966763f51a7f056aa070a5e9df645412',
    );
  });
});

describe('the conversions of Shopee', () => {
  it('come whole, 500 at once, as they were sent', async () => {
    shopee.conversions = many(1_201);
    const pages = await fetchAll();
    expect(idsOf(pages)).toEqual(shopee.conversions.map(({ conversionId }) => conversionId));
    expect(shopee.calls).toHaveLength(3);
    expect(shopee.calls.every(({ body }) => body.includes('limit: 500'))).toBe(true);
  });

  it('keep digits that a float would lose', async () => {
    const id = '1234567890123456789';
    shopee.fail({
      text: `{"data":{"conversionReport":{"nodes":[{"conversionId":${id}}],"pageInfo":{"hasNextPage":false,"scrollId":""}}}}`,
    });
    expect((await fetchAll())[0]).toContain(`"conversionId":${id}`);
  });

  it('of a month in which nothing was sold are one empty page', async () => {
    expect(idsOf(await fetchAll())).toEqual([]);
  });

  it('come once where a scroll was lost on the way: the query is made again half a minute later', async () => {
    Object.assign(shopee, { conversions: many(10), size: 3 });
    const { context, lines } = asked();
    const got: string[] = [];
    for await (const page of shopeeConversions(context)) {
      got.push(page);
      // Whoever takes a page in is slow, once.
      if (got.length === 2) shopee.waited += 40_000;
    }
    expect(idsOf(got)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
    expect(lines.map(({ message }) => message)).toEqual(['report: the query is made again']);
  });

  it('end with advice where each page is taken in too slowly to bring another', async () => {
    Object.assign(shopee, { conversions: many(4), size: 2 });
    shopee.fail(
      ...Array.from({ length: 8 }, (_none, n) =>
        n % 2 === 0 ? pageOf(0, `s${n}`) : no(11_001, 'Params Error : scrollId'),
      ),
    );
    await expect(fetchAll()).rejects.toThrow(/not asked for within 30 s .* Ask for fewer days at once/);
  });

  it('end where the same scroll comes for ever', async () => {
    shopee.fail(pageOf(1, 'same'), pageOf(2, 'same'), pageOf(3, 'same'));
    await expect(fetchAll()).rejects.toThrow('sends the same pages again and again');
    expect(shopee.calls).toHaveLength(2);
  });

  it('end where the same page comes for ever, under another scroll each time', async () => {
    shopee.fail(pageOf(1, 'a'), pageOf(1, 'b'), pageOf(1, 'c'));
    await expect(fetchAll()).rejects.toThrow('the report would never end');
  });

  it('wait while Shopee takes no more calls, and go on', async () => {
    shopee.conversions = many(1);
    shopee.fail(no(10_030, 'Rate limit exceeded'), {
      status: 429,
      json: {},
      headers: { 'retry-after': '7' },
    });
    const before = shopee.waited;
    expect(idsOf(await fetchAll())).toEqual([0]);
    expect(shopee.waited - before).toBeGreaterThanOrEqual(31_000 + 7_000);
  });

  it('are tried again when the connection is cut', async () => {
    shopee.conversions = many(1);
    shopee.fail({ cut: true }, { status: 502, text: '<html>Bad Gateway</html>' });
    expect(idsOf(await fetchAll())).toEqual([0]);
  });

  it.each([
    [
      'a secret of another app',
      () => ({ secrets: { 'app-id': '123456', 'app-secret': 'other' } }),
      /Invalid Signature \(code 10020\)\. The secrets app-id and app-secret do not belong together/,
    ],
    [
      'an app that is not known',
      () => ({ secrets: { 'app-id': '654321', 'app-secret': 'demo' } }),
      /Invalid Credential/,
    ],
    ['no host', () => ({ settings: {} }), /report\.settings\.host is missing/],
    [
      'a host in clear',
      () => ({ settings: { host: 'http://open-api.affiliate.shopee.vn' } }),
      /is not like https/,
    ],
    ['a missing secret', () => ({ secrets: { 'app-id': '123456' } }), /the secret app-secret is missing/],
    [
      'more than three months',
      () => ({ since: '2020-01-01' }),
      /reports the last 90 days, and this asks from 2020-01-01\. Ask from 20/,
    ],
  ])('are refused with what to do: %s', async (_what, more, why) => {
    await expect(fetchAll(more())).rejects.toThrow(why);
  });

  it.each([
    [10, /this machine's clock is 12 minutes behind theirs: set it/],
    [-1, /this machine's clock is 12 minutes ahead of theirs: set it/],
  ])('say by how much our clock is wrong', async (sign, why) => {
    shopee.ahead = Math.sign(sign) * 720;
    await expect(fetchAll({ since: new Date(Date.now() - 3_600_000).toISOString() })).rejects.toThrow(why);
  });

  it.each([
    [
      no(10_035, 'You currently do not have access to the Shopee Affiliate Open API Platform.'),
      /The account has no access to the Open API/,
    ],
    [no(10_020, 'Your App has been disabled'), /or the app was disabled/],
    [
      no(11_001, 'Params Error : purchaseTimeStart'),
      /refuses the query: error \[11001\]: Params Error : purchaseTimeStart/,
    ],
    [
      { text: '<html><title>Shopee</title></html>' },
      /the answer is not JSON but text\/html \(HTTP 200\): "<html><title>Shopee/,
    ],
    [{ json: { data: null } }, /holds no conversionReport/],
    [pageOf(1, ''), /there are more pages, and no scrollId/],
  ])('are refused with what to do: %j', async (answer, why) => {
    shopee.fail(answer);
    await expect(fetchAll()).rejects.toThrow(why);
  });

  it('stop when the run is to stop', async () => {
    const stop = new AbortController();
    Object.assign(shopee, { conversions: many(10), size: 2 });
    const { context } = asked({ signal: stop.signal });
    const pages = shopeeConversions(context)[Symbol.asyncIterator]();
    await pages.next();
    stop.abort(new Error('stopped'));
    await expect(pages.next()).rejects.toThrow('stopped');
    expect(shopee.calls).toHaveLength(1);
  });
});

function pageOf(n: number, scrollId: string) {
  const pageInfo = { hasNextPage: true, scrollId, limit: 500 };
  return { json: { data: { conversionReport: { nodes: [{ conversionId: n }], pageInfo } } } };
}
