import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { Incoming } from '../../runtime/httpClient.ts';
import type { Connector, ConnectorContext } from '../connector.ts';
import { clockIsOff, converse, FetchError, hostOf, readJson } from '../http.ts';
import { Again, scrolledPages, type ScrolledPage } from '../pages.ts';

const network = 'Shopee';
const pageSize = 500;

/** Their report goes back three months. */
const mostDays = 90;

/** Milliseconds: "the query without scrollId requires an interval of longer than 30 seconds". */
const pause = 31_000;

/**
 * The conversions that were bought in the period, as Shopee's affiliate API reports them. Source: the pages "Open API Document" of the
 * affiliate console (https://affiliate.shopee.vn/open_api), which need a login.
 */
export const shopeeConversions: Connector = async function* (context) {
  checkPeriod(context);
  const [appId, secret] = await Promise.all([context.secret('app-id'), context.secret('app-secret')]);
  const url = new URL('/graphql', hostOf(context.settings));
  // Published are 8,000 calls an hour in some countries and 2,000 in others.
  const conversation = converse(context, { network, most: { calls: 2_000, ms: 3_600_000 } });
  const seconds = () => Math.floor((context.clock ?? Date.now)() / 1000);
  try {
    const ask = async (scrollId: string) => {
      const body = JSON.stringify({ query: queryOf(context, scrollId) });
      const headers = () => ({
        'content-type': 'application/json',
        authorization: authorization({ appId, secret, body, timestamp: seconds() }),
      });
      const incoming = await conversation.send(() => ({ method: 'POST', url, body, headers: headers() }));
      return readPage(incoming, scrollId !== '');
    };
    yield* scrolledPages(context, { network, ask, pause });
  } finally {
    await conversation.close();
  }
};

interface Signing {
  appId: string;
  secret: string;
  /** Exactly as it is sent. */
  body: string;
  /** Unix seconds, at most ten minutes from theirs. */
  timestamp: number;
}

/** The signature is a plain SHA-256, not an HMAC, of all of it one after the other. */
export function authorization({ appId, secret, body, timestamp }: Signing): string {
  const signature = createHash('sha256').update(`${appId}${timestamp}${body}${secret}`).digest('hex');
  return `SHA256 Credential=${appId}, Timestamp=${timestamp}, Signature=${signature}`;
}

function checkPeriod({ since, clock = Date.now }: ConnectorContext): void {
  const first = new Date(clock() - mostDays * 86_400_000);
  if (since >= first) return;
  throw new FetchError(
    `${network} reports the last ${mostDays} days, and this asks from ${since.toISOString().slice(0, 10)}. Ask from ${first.toISOString().slice(0, 10)} on; what is older is in the files of their console`,
  );
}

/** What the report is asked for. A manifest can read what stands here. */
const fields = `
  nodes {
    purchaseTime clickTime conversionId buyerType utmContent device referrer
    totalCommission sellerCommission shopeeCommissionCapped netCommission mcnManagementFee
    orders {
      orderId orderStatus shopType
      items {
        shopId shopName completeTime itemId modelId promotionId itemName itemPrice actualAmount qty
        itemTotalCommission itemSellerCommission itemShopeeCommissionCapped
        displayItemStatus fraudStatus itemNotes attributionType channelType
      }
    }
  }
  pageInfo { limit hasNextPage scrollId }`;

function queryOf({ since, until }: ConnectorContext, scrollId: string): string {
  const second = (date: Date) => Math.floor(date.getTime() / 1000);
  const given = {
    purchaseTimeStart: second(since),
    purchaseTimeEnd: second(until),
    limit: pageSize,
    ...(scrollId !== '' && { scrollId: JSON.stringify(scrollId) }),
  };
  const list = Object.entries(given).map(([name, value]) => `${name}: ${value}`);
  return `{ conversionReport(${list.join(', ')}) {${fields} } }`;
}

const answer = z.object({
  errors: z
    .array(
      z.object({
        message: z.string().default(''),
        extensions: z.object({ code: z.coerce.number() }).optional(),
      }),
    )
    .optional(),
  data: z
    .object({
      conversionReport: z.object({
        nodes: z.array(z.unknown()),
        pageInfo: z.object({ hasNextPage: z.boolean(), scrollId: z.string().nullish() }),
      }),
    })
    .nullish(),
});

function readPage(incoming: Incoming, isScroll: boolean): ScrolledPage {
  const read = answer.safeParse(readJson(network, incoming));
  const [error] = read.data?.errors ?? [];
  if (error) throw troubleOf(error.extensions?.code ?? 0, error.message, incoming, isScroll);
  const report = read.data?.data?.conversionReport;
  if (!report)
    throw new FetchError(
      `${network}: the answer (HTTP ${incoming.status}) holds no conversionReport: ask them what has changed`,
    );
  const { hasNextPage, scrollId } = report.pageInfo;
  if (hasNextPage && !scrollId)
    throw new FetchError(
      `${network}: there are more pages, and no scrollId to ask for them with: ask them what has changed`,
    );
  return { text: incoming.text, next: hasNextPage ? scrollId! : '' };
}

/** Their codes; of those that mean several things the message says which. */
function troubleOf(code: number, said: string, incoming: Incoming, isScroll: boolean): Error {
  const told = `${said.slice(0, 200)} (code ${code})`;
  if (code === 10_030) return new Again(`it takes no more calls for now: ${told}. The next run goes on`);
  if (code === 10_000) return new Again(`it is in trouble: ${told}. The next run goes on`);
  // That a scroll is no longer good has no code of its own.
  if (isScroll && (code === 11_000 || code === 11_001))
    return new Again(
      `a page was not asked for within 30 s of the one before: ${told}. Ask for fewer days at once`,
    );
  if (code === 10_020 && /timestamp|expired/i.test(said))
    return new FetchError(
      `${network} refuses our time: ${told}. ${clockIsOff(incoming, 60_000) ?? "Compare this machine's clock with theirs"}`,
    );
  return new FetchError(`${network} refuses the query: ${told}. ${adviceFor(code)}`);
}

function adviceFor(code: number): string {
  if (code === 10_020)
    return 'The secrets app-id and app-secret do not belong together, or the app was disabled: copy both again from the Open API page of the affiliate console of this country';
  if (code > 10_030 && code < 10_040)
    return 'The account has no access to the Open API: ask the affiliate manager of this country for it';
  return 'Ask them what has changed';
}
