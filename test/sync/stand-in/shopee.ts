/**
 * A server that stands in for Shopee's affiliate API, from the pages "Open API Document" of its console: overview, authentication, and
 * conversionReport with its fields and error codes.
 */
import { createHash, randomUUID } from 'node:crypto';
import { project, readQuery, unknownFields, type Selection, type Type } from './graphql.ts';
import { startServer, type Answer, type Call, type Server } from './server.ts';

export interface Conversion extends Record<string, unknown> {
  purchaseTime: number;
}

export interface ShopeeServer extends Server {
  appId: string;
  secret: string;
  conversions: Conversion[];
  /** How many it gives at once, where fewer than it is asked for. */
  size: number;
}

const day = 86_400_000;

export async function startShopee(): Promise<ShopeeServer> {
  const scrolls = new Map<string, { from: number; until: number }>();
  let lastQuery = -Infinity;

  function report(call: Call): Answer {
    const refused = refusedBecause(call, shopee);
    if (refused) return no(10_020, refused);
    const { query } = JSON.parse(call.body) as { query: string };
    const [asked, ...others] = readQuery(query);
    if (asked?.name !== 'conversionReport' || others.length > 0) return no(10_010, 'unknown query');
    const wrong = [...wrongArguments(asked), ...unknownFields(asked.fields, connection, 'conversionReport')];
    if (wrong.length > 0) {
      shopee.wrong.push(...wrong);
      return no(10_010, wrong.join('; '));
    }
    return found(asked);
  }

  function found({ args, fields }: Selection): Answer {
    const { purchaseTimeStart: start, purchaseTimeEnd: end, limit, scrollId = '' } = args as Record<string, number> & { scrollId?: string }; // prettier-ignore
    if (start! * 1000 < shopee.now() - 92 * day)
      return no(11_001, 'Params Error : time range exceeds 3 months');
    const from = place(scrollId);
    if (from === undefined) return no(11_001, 'Params Error : scrollId is invalid or expired');
    const all = shopee.conversions.filter(({ purchaseTime: at }) => at >= start! && at <= end!);
    const next = from + Math.min(limit!, shopee.size);
    const hasNextPage = next < all.length;
    const id = hasNextPage ? randomUUID() : '';
    if (hasNextPage) scrolls.set(id, { from: next, until: shopee.now() + 30_000 });
    const pageInfo = { limit, hasNextPage, scrollId: id };
    return {
      json: { data: { conversionReport: project({ nodes: all.slice(from, next), pageInfo }, fields) } },
    };
  }

  /** Where a scroll leads: once, and for 30 seconds. A query without one must be 30 seconds after the last. */
  function place(scrollId: string): number | undefined {
    if (scrollId !== '') {
      const scroll = scrolls.get(scrollId);
      scrolls.delete(scrollId);
      return scroll && scroll.until >= shopee.now() ? scroll.from : undefined;
    }
    if (shopee.now() - lastQuery < 30_000) shopee.wrong.push('two queries without a scrollId within 30 s');
    lastQuery = shopee.now();
    return 0;
  }

  const shopee: ShopeeServer = Object.assign(await startServer(report), {
    appId: '123456',
    secret: 'demo',
    conversions: [],
    size: 500,
  });
  return shopee;
}

/** Errors come with HTTP 200. */
export const no = (code: number, message: string): Answer => ({
  json: { errors: [{ message: `error [${code}]: ${message}`, extensions: { code, message } }] },
});

/** Why the Authorization header does not do, as its page describes it; undefined where it does. */
function refusedBecause({ headers, body }: Call, { appId, secret, now }: ShopeeServer): string | undefined {
  const header = /^SHA256 Credential=(\w+), Timestamp=(\d+), Signature=([0-9a-f]{64})$/.exec(
    headers.authorization ?? '',
  );
  if (!header) return 'Invalid Authorization Header';
  const [, credential = '', timestamp = '', signature = ''] = header;
  if (credential !== appId) return 'Invalid Credential';
  // "Must not differ from Shopee server time by more than ±10 minutes."
  if (Math.abs(Number(timestamp) * 1000 - now()) > 600_000) return 'Request Expired';
  const sum = createHash('sha256');
  for (const part of [credential, timestamp, body, secret]) sum.update(part, 'utf8');
  return sum.digest('hex') === signature ? undefined : 'Invalid Signature';
}

const argumentTypes: Record<string, string> = {
  purchaseTimeStart: 'number',
  purchaseTimeEnd: 'number',
  completeTimeStart: 'number',
  completeTimeEnd: 'number',
  orderStatus: 'string',
  limit: 'number',
  scrollId: 'string',
};

const wrongArguments = ({ args }: Selection): string[] => [
  ...Object.entries(args)
    .filter(([name, value]) => typeof value !== argumentTypes[name])
    .map(([name]) => `argument ${name} is unknown or of another type`),
  ...(Number(args.limit) > 500 ? ['limit is more than 500'] : []),
];

const words = (text: string) => text.trim().split(/\s+/);

const item: Type = {
  values:
    words(`shopId shopName completeTime itemId itemName itemPrice displayItemStatus actualAmount qty imageUrl
    itemTotalCommission itemSellerCommission itemSellerCommissionRate itemShopeeCommissionCapped itemShopeeCommissionRate itemNotes
    channelType attributionType globalCategoryLv1Name globalCategoryLv2Name globalCategoryLv3Name fraudStatus modelId promotionId
    campaignPartnerName campaignType`),
  types: {},
};

const connection: Type = {
  values: [],
  types: {
    nodes: {
      values:
        words(`purchaseTime clickTime conversionId shopeeCommissionCapped sellerCommission totalCommission buyerType utmContent
        device referrer linkedMcnName mcnContractId mcnManagementFeeRate mcnManagementFee netCommission campaignType`),
      types: { orders: { values: words('orderId orderStatus shopType'), types: { items: item } } },
    },
    pageInfo: { values: words('limit hasNextPage scrollId'), types: {} },
  },
};
