import { refreshTokens } from '../../linkshare/auth.ts';
import { createClient } from '../../linkshare/client.ts';
import { hintOf } from '../../linkshare/mask.ts';
import { searchOrders } from '../../linkshare/orders.ts';
import { keepTokens, type KeptTokens } from '../../linkshare/tokens.ts';
import { tokensIn } from '../../linkshare/tokenText.ts';
import type { Connector, ConnectorContext } from '../connector.ts';
import { hostOf } from '../http.ts';

interface App {
  appKey: string;
  appSecret: string;
}

/**
 * The orders that were made in the period. TikTok has no other filter: what becomes of an order is found by asking for its day again.
 * Its tokens renew themselves in the secret `tokens`, which `linkshare auth login` fills. Source:
 * https://partner.tiktokshop.com/docv2/page/search-creator-affiliate-orders-202410
 */
export const tiktokOrders: Connector = async function* (context) {
  const { since, until, signal } = context;
  const [appKey, appSecret] = await Promise.all([context.secret('app-key'), context.secret('app-secret')]);
  const client = openClient(context, { appKey, appSecret });
  const second = (date: Date) => Math.floor(date.getTime() / 1000);
  try {
    for await (const { text, orders, unread } of searchOrders(client, {
      from: second(since),
      until: second(until),
    })) {
      signal?.throwIfAborted();
      if (orders.length + unread.length > 0) yield text;
    }
  } finally {
    await client.close();
  }
};

function openClient(context: ConnectorContext, app: App) {
  const { settings, log, clock, wait } = context;
  return createClient({
    ...app,
    tokens: openTokens(context, app),
    host: settings.host && hostOf(settings),
    clock,
    wait,
    onRetry: (why, ms) =>
      log.warn('report: trying again', {
        network: 'TikTok',
        why: why.message.split('\n')[0],
        ms: Math.round(ms),
      }),
  });
}

/** The same secret may be renewed by a command at the same time: of all of them one asks TikTok. */
function openTokens({ writable, settings, log }: ConnectorContext, app: App): KeptTokens {
  return keepTokens({
    store: tokensIn(writable('tokens')),
    refresh: (refreshToken) => refreshTokens({ ...app, host: settings.authHost }, refreshToken),
    onRefresh: ({ accessToken }) => log.info('token refreshed', { token: hintOf(accessToken) }),
    onLate: (error) => log.warn('token not refreshed yet', { why: String(error) }),
  });
}
