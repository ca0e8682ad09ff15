import type { Log } from '../runtime/log.ts';
import { exchangeCode, readCode, refreshTokens, type App } from './auth.ts';
import { createClient, type Client, type ClientOptions } from './client.ts';
import { Conversions } from './conversions.ts';
import { TikTokError, UsageError } from './errors.ts';
import type { OrderLine } from './line.ts';
import { checkTag, makeLinks } from './links.ts';
import { hintOf } from './mask.ts';
import { checkMaterial, readType } from './materials.ts';
import { searchOrders } from './orders.ts';
import { readPeriod } from './period.ts';
import { readRegion, readZone } from './regions.ts';
import { Filter } from './report/about.ts';
import { readStatus } from './statuses.ts';
import { tokenFile } from './tokenFile.ts';
import { keepTokens, type KeptTokens, type TokenStore } from './tokens.ts';

export interface AffiliateOptions extends Pick<
  ClientOptions,
  'perSecond' | 'attempts' | 'deadline' | 'onRequest'
> {
  /** Of the app in Partner Center. */
  appKey: string;
  appSecret: string;
  /** The file that keeps the tokens, or another store. Several processes may share it. */
  tokens: string | TokenStore;
  /** Told every step, no secret among them. */
  log?: Pick<Log, 'info' | 'warn'>;
  apiHost?: string;
  authHost?: string;
}

export interface TrackingLinkWish {
  /** A product's or a campaign's id. */
  materialId?: string;
  /** PRODUCT (1), CAMPAIGN (2) or SHOWCASE (3). */
  materialType?: string | number;
  campaignUrl?: string;
  channel?: string;
  tags?: readonly string[];
}

export interface ConversionWish {
  /** YYYY-MM-DD, both included. */
  startDate: string;
  endDate: string;
  /** A market (ID, US ..): its zone cuts the days, and only orders in its currency count. Without one: UTC and all. */
  shopRegion?: string;
  /** TikTok's statuses; others are answered with a UsageError. */
  orderStatus?: readonly string[];
}

const silent = { info: () => undefined, warn: () => undefined };

/**
 * TikTok Shop's affiliate API in three calls: a token, links, orders. Every method rejects with a TikTokError, whose message ends with
 * what to do next, or with a UsageError before anything is sent.
 */
export class TikTokShopAffiliate {
  readonly client: Client;
  private readonly app: App;
  private readonly store: TokenStore;
  private readonly tokens: KeptTokens;
  private readonly log: Pick<Log, 'info' | 'warn'>;

  constructor({ appKey, appSecret, tokens, log = silent, apiHost, authHost, ...rest }: AffiliateOptions) {
    this.app = { appKey, appSecret, host: authHost };
    this.log = log;
    this.store = typeof tokens === 'string' ? tokenFile(tokens) : tokens;
    this.tokens = keepTokens({
      store: this.store,
      refresh: (refreshToken) => refreshTokens(this.app, refreshToken),
      onRefresh: (next) => log.info('token refreshed', { token: hintOf(next.accessToken) }),
      onLate: (error) => log.warn('token not refreshed yet', { why: String(error) }),
    });
    const onRetry = (why: TikTokError, ms: number) =>
      log.warn('trying again', { why: why.message.split('\n')[0], ms: Math.round(ms) });
    this.client = createClient({ appKey, appSecret, host: apiHost, tokens: this.tokens, onRetry, ...rest });
  }

  /** Exchanges an authorisation code and keeps the tokens; without one gives a token that is good for the next minutes. */
  async getAccessToken(authCode?: string): Promise<string> {
    if (authCode === undefined) return this.tokens.current();
    const code = readCode(authCode);
    const tokens = await this.store.alone(async () => {
      const exchanged = await exchangeCode(this.app, code);
      await this.store.write(exchanged);
      return exchanged;
    });
    this.log.info('token exchanged', {
      token: hintOf(tokens.accessToken),
      name: tokens.name,
      scopes: tokens.scopes,
    });
    return tokens.accessToken;
  }

  /** Makes a link for each tag. Tags that TikTok refuses are in `failed`. */
  async generateTrackingLink({
    materialId,
    materialType = 'PRODUCT',
    campaignUrl,
    channel,
    tags = [],
  }: TrackingLinkWish) {
    const material = checkMaterial(readType(materialType), materialId, campaignUrl);
    const links = await makeLinks(this.client, { material, channel, tags: tags.map(checkTag) });
    for (const { tag, link } of links.made) this.log.info('link made', { id: materialId, tag, link });
    for (const { what, why } of links.failed)
      this.log.warn('link not made', { id: materialId, tag: what, why });
    return links;
  }

  /** Every order line of some days, page by page, in memory. For more than some 100,000 use `linkshare report`, which needs none. */
  async getAllConversionData({
    startDate,
    endDate,
    shopRegion,
    orderStatus = [],
  }: ConversionWish): Promise<Conversions> {
    const region = shopRegion === undefined ? undefined : readRegion(shopRegion);
    const zoneName = region?.zone ?? 'UTC';
    const zone = readZone(zoneName);
    const period = readPeriod(startDate, endDate, zone);
    const scope = {
      period,
      zone: zoneName,
      region,
      statuses: [...new Set(orderStatus.map((each) => readStatus(each).status))],
    };
    const filter = new Filter(scope);
    const seen = new Set<string>();
    const lines: OrderLine[] = [];
    const missing: string[] = [];
    for await (const { page, total, orders, unread } of searchOrders(this.client, period)) {
      for (const order of orders)
        if (!seen.has(order.id)) {
          seen.add(order.id);
          lines.push(...order.lines.filter((line) => filter.takes(line)));
        }
      missing.push(...unread);
      this.log.info('page of orders', { page, orders: seen.size, of: total });
    }
    if (missing.length > 0)
      this.log.warn('orders that could not be read', { orders: missing.length, first: missing[0] });
    const about = [
      ...filter.about(),
      ...missing.map((why) => `warning: an order could not be read and is missing: ${why}`),
    ];
    return new Conversions(lines, { scope, zone, about });
  }

  close(): Promise<void> {
    return this.client.close();
  }
}

export { TikTokError, UsageError };
