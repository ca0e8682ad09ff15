/** From a network's server to events: what the connector fetches is what the partner's manifest reads. */
import { afterEach, describe, expect, it } from 'vitest';
import type { ConversionEvent } from '../../../services/contract/event.ts';
import { fold } from '../../../services/contract/state.ts';
import { loadPartner } from '../../../services/manifest/load/load.ts';
import { openWritableSecret } from '../../../services/runtime/google/writable-secret.ts';
import { accesstradeVnTransactions } from '../../../services/sync/connectors/accesstrade-vn-transactions.ts';
import { shopeeConversions } from '../../../services/sync/connectors/shopee-conversions.ts';
import { tiktokOrders } from '../../../services/sync/connectors/tiktok-orders.ts';
import type { Connector, ConnectorContext } from '../../../services/sync/connector.ts';
import { order } from '../../linkshare/stand-in/orders.ts';
import { startStandIn } from '../../linkshare/stand-in/server.ts';
import { startFakeSecretManager } from '../../support/fake-secret-manager.ts';
import { writer } from '../../support/fake-secret-writes.ts';
import { startAccesstrade } from '../stand-in/accesstrade-vn.ts';
import { no, startShopee, type Conversion } from '../stand-in/shopee.ts';
import { contextOf } from './support.ts';

const ended: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const end of ended.splice(0)) await end();
});

const now = Math.floor(Date.now() / 1000);

/** Fetches a partner's report and reads it, as a run of sync does. */
async function eventsOf(partner: string, connector: Connector, context: ConnectorContext) {
  const { report } = loadPartner(`partners/${partner}`);
  const events: ConversionEvent[] = [];
  for await (const page of connector(context)) {
    const read = report!.read(page, undefined, new Date());
    expect(read.quarantined).toEqual([]);
    events.push(...read.events);
  }
  return events;
}

const saying = ({ key, status, saleAmount, commission }: ConversionEvent) =>
  [key, status, `${saleAmount?.amount} ${saleAmount?.currency}`, commission?.amount].join(' | ');

describe("Shopee's conversions", () => {
  const item = (more: object) => ({
    shopId: 401,
    shopName: 'Nha Xinh',
    itemId: 12333534959,
    modelId: 98,
    promotionId: '',
    itemName: 'Moc',
    qty: 2,
    actualAmount: '250000',
    itemTotalCommission: '12500.5',
    fraudStatus: 'UNVERIFIED',
    ...more,
  });
  const sale = (conversionId: number, orderStatus: string, ...items: object[]): Conversion => ({
    purchaseTime: now - 3_600,
    conversionId,
    utmContent: 'MKKhome-ls7Hq2---',
    orders: [{ orderId: `26${conversionId}`, orderStatus, shopType: 'C2C_CB', items }],
  });

  async function shopee() {
    const server = await startShopee();
    ended.push(() => server.close());
    const secrets = { 'app-id': server.appId, 'app-secret': server.secret };
    const { context } = contextOf({ secrets, settings: { host: server.url }, server });
    return { server, fetch: () => eventsOf('shopee', shopeeConversions, context) };
  }

  it('are one conversion a line, and what changes replaces what was said', async () => {
    const { server, fetch } = await shopee();
    server.conversions = [sale(7, 'PENDING', item({}), item({ modelId: 99, qty: 1 }))];
    const first = await fetch();
    expect(first.map(saying)).toEqual([
      'shopee//7/267-12333534959-98- | pending | 250000 VND | 12500.5',
      'shopee//7/267-12333534959-99- | pending | 250000 VND | 12500.5',
    ]);
    expect(first[0]).toMatchObject({
      publisherRef: 'MKKhome',
      clickId: 'ls7Hq2',
      via: 'report',
      verified: true,
    });
    // Half of the first line came back before the order was complete; the second was found to be fraud.
    const less = { qty: 1, actualAmount: '125000', itemTotalCommission: '6250.25', fraudStatus: 'VERIFIED' };
    server.conversions = [sale(7, 'COMPLETED', item(less), item({ modelId: 99, fraudStatus: 'FRAUD' }))];
    server.waited += 60_000;
    const second = await fetch();
    const states = first.map(({ key }) =>
      fold(
        [...first, ...second].filter((event) => event.key === key),
        3_600_000,
      ),
    );
    expect(states.map((state) => `${state?.status} ${state?.commission?.amount}`)).toEqual([
      'approved 6250.25',
      'rejected 12500.5',
    ]);
    expect(server.wrong).toEqual([]);
  });

  it('come once where the scroll was lost and the query made again', async () => {
    const { server, fetch } = await shopee();
    Object.assign(server, {
      conversions: Array.from({ length: 7 }, (_none, n) => sale(n, 'PENDING', item({}))),
      size: 2,
    });
    const whole = await fetch();
    server.waited += 60_000;
    server.fail(no(10_030, 'Rate limit exceeded'));
    const again = await fetch();
    expect(new Set(whole.map(({ id }) => id)).size).toBe(7);
    // The same report again says nothing new.
    expect(again.map(({ id }) => id)).toEqual(whole.map(({ id }) => id));
  });
});

describe('the transactions of AccessTrade Vietnam', () => {
  it('have the keys of their postbacks, and one for each product of an order', async () => {
    const server = await startAccesstrade();
    ended.push(() => server.close());
    const row = (more: object) => ({
      merchant: 'shopee',
      status: 1,
      transaction_time: '2026-11-10T09:02:45',
      update_time: '2026-11-11T10:00:00',
      click_time: '2026-11-10T09:02:26',
      utm_source: 'OPPO-feed',
      transaction_id: '2411A88213',
      conversion_id: 148916905,
      transaction_value: 247000.5,
      commission: 12350.25,
      ...more,
    });
    server.transactions = [row({}), row({ conversion_id: 148916906, commission: 225, status: 2 })];
    const { context } = contextOf({
      since: '2026-11-10T00:00:00Z',
      until: '2026-11-11T00:00:00Z',
      secrets: { 'api-token': server.key },
      settings: { host: server.url },
      server,
    });
    const events = await eventsOf('accesstrade-vn', accesstradeVnTransactions, context);
    expect(events.map(saying)).toEqual([
      'accesstrade-vn//148916905/ | approved | 247000.5 VND | 12350.25',
      'accesstrade-vn//148916906/ | rejected | 247000.5 VND | 225',
    ]);
    expect(events[0]).toMatchObject({ orderId: '2411A88213', occurredAt: '2026-11-10T02:02:45.000Z' });
    const postback = judged('{"order_id":"2411A88213","transaction_id":148916905,"utm_source":"OPPO-feed","reward":1,"product_price":2,"status":0}'); // prettier-ignore
    expect(postback).toBe(events[0]!.key);
  });
});

/** The key that a postback's body gives a sale. */
function judged(body: string): string | undefined {
  const headers = { 'content-type': 'application/json' };
  const raw = { method: 'POST', path: '/accesstrade-vn/postback', query: 'token=***', headers, body };
  const decision = loadPartner('partners/accesstrade-vn').reread(raw, { is: 'verified' }, new Date());
  return decision.is === 'conversions' ? decision.events[0]?.key : undefined;
}

describe("TikTok's orders", () => {
  it('are one conversion a line, estimated until they are settled, with tokens in Secret Manager that two runs share', async () => {
    const [standIn, fake] = await Promise.all([startStandIn(), startFakeSecretManager()]);
    ended.push(
      () => standIn.close(),
      () => fake.stop(),
    );
    const name = 'projects/p/secrets/linkshare-tiktok-orders-tokens';
    fake.grant(...writer);
    fake.add(
      name.split('/').at(-1)!,
      JSON.stringify({
        accessToken: standIn.auth.accessToken,
        accessExpires: now + 60,
        refreshToken: standIn.auth.refreshToken,
        refreshExpires: now + 864_000,
        openId: 'o',
        scopes: standIn.auth.scopes,
      }),
    );
    const run = async () => {
      const secret = openWritableSecret({ name, host: fake.host, log: { warn: () => undefined } });
      ended.unshift(() => secret.close());
      const { context } = contextOf({
        secrets: { 'app-key': standIn.auth.appKey, 'app-secret': standIn.auth.appSecret },
        settings: { host: standIn.url, authHost: standIn.url },
        writable: () => secret,
      });
      return eventsOf('tiktok-orders', tiktokOrders, context);
    };
    standIn.orders = [order(1, now - 3_600, { tag: 'MKK-home' })];
    const [first, other] = await Promise.all([run(), run()]);
    expect(standIn.auth.refreshes).toBe(1);
    expect(other.map(({ id }) => id)).toEqual(first.map(({ id }) => id));
    expect(first.map(saying)).toEqual([
      'tiktok-orders//579000000000000001/1729793769377925388 | pending | 9900 IDR | 990',
    ]);
    standIn.orders = [order(1, now - 3_600, { tag: 'MKK-home', status: 'SETTLED', actual: 'Rp900' })];
    const [settled] = await run();
    expect(settled).toMatchObject({ status: 'approved', commission: { amount: '900', currency: 'IDR' } });
    expect(settled!.key).toBe(first[0]!.key);
    expect(standIn.wrong).toEqual([]);
  });
});
