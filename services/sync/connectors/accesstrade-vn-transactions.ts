import { z } from 'zod';
import type { Incoming } from '../../runtime/httpClient.ts';
import type { Connector } from '../connector.ts';
import { converse, FetchError, hostOf, readJson } from '../http.ts';
import { numberedPages, type NumberedPage } from '../pages.ts';

const network = 'AccessTrade Vietnam';

/** What they give at once if nothing is said. Whether they give more is not published. */
const pageSize = 100;

/** Days after a sale in which it may still be decided: they do so after the end of its month. */
const decidedWithin = 90;

/**
 * The transactions of AccessTrade Vietnam: those that were made in the period, and older ones that were changed in it. Source:
 * https://developers.accesstrade.vn/api-publisher-vietnamese/lay-danh-sach-giao-dich
 */
export const accesstradeVnTransactions: Connector = async function* (context) {
  const { since, until } = context;
  const token = await context.secret('api-token');
  const url = new URL('/v1/transactions', hostOf(context.settings, 'https://api.accesstrade.vn'));
  // Ten a minute; a second more, since they count when a call arrives.
  const conversation = converse(context, { network, most: { calls: 10, ms: 61_000 } });
  const pages = (query: Record<string, string>) =>
    numberedPages(network, async (page) => {
      url.search = new URLSearchParams({ ...query, page: String(page), limit: String(pageSize) }).toString();
      const headers = { authorization: `Token ${token}`, 'content-type': 'application/json' };
      return readPage(await conversation.send(() => ({ method: 'GET', url, headers })));
    });
  try {
    yield* pages({ since: timeOf(since), until: timeOf(until) });
    // `since` and `until` are of the sale, and must be there. What was decided later is found by its update.
    const earlier = new Date(since.getTime() - decidedWithin * 86_400_000);
    const changed = { update_time_start: timeOf(since), update_time_end: timeOf(until) };
    yield* pages({ since: timeOf(earlier), until: timeOf(since), ...changed });
  } finally {
    await conversation.close();
  }
};

/** They write whole seconds. */
const timeOf = (date: Date) => `${date.toISOString().slice(0, 19)}Z`;

const answer = z.object({ data: z.array(z.unknown()), total: z.number().optional().catch(undefined) });

function readPage(incoming: Incoming): NumberedPage {
  const json = readJson(network, incoming);
  if (incoming.status >= 400) throw refused(incoming.status, json);
  const read = answer.safeParse(json);
  if (!read.success)
    throw new FetchError(`${network}: the answer has no list under "data": ask them what has changed`);
  return { text: incoming.text, rows: read.data.data.length, total: read.data.total };
}

/** Source: https://developers.accesstrade.vn/api-publisher-vietnamese/errors */
function refused(status: number, json: unknown): FetchError {
  const { message } = (json ?? {}) as { message?: unknown };
  const said = typeof message === 'string' ? `: ${message.slice(0, 200)}` : '';
  const advice = adviceFor[status] ?? 'Ask them what has changed';
  return new FetchError(`${network} refuses the request (HTTP ${status}${said}). ${advice}`);
}

const adviceFor: Record<number, string> = {
  401: 'The secret api-token is no key of theirs, or was replaced: copy the access key from the profile page of pub2.accesstrade.vn into a new version of it',
  403: 'The account behind the secret api-token may not see its transactions: ask the account manager there',
};
