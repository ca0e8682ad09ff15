import { z } from 'zod';
import type { Answered, Client } from './client.ts';
import { TikTokError } from './errors.ts';
import type { OrderLine } from './line.ts';
import { readOrder } from './readOrder.ts';

const path = '/affiliate_creator/202410/orders/search';

/** The most that TikTok gives at once. */
export const pageSize = 100;

export interface OrderPage {
  /** 1, 2 .. */
  page: number;
  /** Orders of the whole period, as TikTok counts them now. */
  total: number | undefined;
  /** Empty at the end. */
  next: string;
  orders: { id: string; lines: OrderLine[] }[];
  /** Orders that could not be read, and why. */
  unread: string[];
  /** The answer as TikTok sent it. */
  text: string;
}

interface Wish {
  /** Unix seconds; `until` is no longer in it. */
  from: number;
  until: number;
  /** Where an earlier run stopped. */
  after?: { page: number; next: string } | undefined;
}

const answer = z.object({
  next_page_token: z.string().nullish(),
  total_count: z.coerce.number().optional().catch(undefined),
  orders: z.array(z.unknown()).nullish(),
});

/** So many pages without an order end it: the tokens lead nowhere. */
const mostEmpty = 3;

/**
 * The orders of a period, page by page. There is no filter by status or region: who wants less filters what comes. Rejects with a
 * TikTokError, also where the page tokens run in a circle.
 * Source: https://partner.tiktokshop.com/docv2/page/search-creator-affiliate-orders-202410
 */
export async function* searchOrders(
  client: Pick<Client, 'ask'>,
  { from, until, after }: Wish,
): AsyncGenerator<OrderPage> {
  let { page, next } = after ?? { page: 0, next: '' };
  let empty = 0;
  const seen = new Set<string>([next]);
  do {
    const query = { page_size: pageSize, ...(next !== '' && { page_token: next }) };
    const body = { create_time_ge: from, create_time_lt: until };
    const read = readPage(await client.ask({ method: 'POST', path, query, body }), ++page);
    next = read.next;
    empty = read.orders.length + read.unread.length === 0 ? empty + 1 : 0;
    yield read;
    if (next !== '' && (seen.has(next) || empty >= mostEmpty)) throw circle(page);
    seen.add(next);
  } while (next !== '');
}

const circle = (page: number) =>
  new TikTokError(
    `after page ${page} TikTok sends the same pages again and again: the report would never end. Ask for fewer days at once; if it stays, report it to TikTok`,
    { trouble: 'other' },
  );

function readPage({ data, text }: Answered, page: number): OrderPage {
  const read = answer.safeParse(data);
  if (!read.success)
    throw new TikTokError('the orders that TikTok sent cannot be read', {
      trouble: 'answer',
      cause: read.error,
    });
  const { next_page_token: next, total_count: total, orders: values } = read.data;
  const orders: OrderPage['orders'] = [];
  const unread: string[] = [];
  for (const value of values ?? [])
    try {
      orders.push(readOrder(value));
    } catch (error) {
      if (!(error instanceof z.ZodError)) throw error;
      unread.push(error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`).join('; '));
    }
  return { page, total, next: next ?? '', orders, unread, text };
}
