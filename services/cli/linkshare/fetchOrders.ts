import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { TikTokError } from '../../linkshare/errors.ts';
import { pageSize, searchOrders } from '../../linkshare/orders.ts';
import type { Period } from '../../linkshare/period.ts';
import { openSpool, type Spool } from '../../linkshare/report/spool.ts';
import { spoolFolder } from './settings.ts';
import type { Session } from './session.ts';

interface Options {
  account: string;
  fresh?: boolean;
}

/** Milliseconds between two lines about pages. */
const every = 1000;

/** Fetches the orders of a period into a spool, from where an earlier run stopped. Whoever takes it must close it. */
export async function fetchOrders(
  session: Session,
  { from, until }: Pick<Period, 'from' | 'until'>,
  { account, fresh = false }: Options,
): Promise<Spool> {
  const { screen, settings, app, store } = session;
  const file = join(spoolFolder(settings.dataDir), `${account}-${from}-${until}.jsonl`);
  const openId = (await store.read())?.openId ?? '';
  const who = createHash('sha256').update(`${app.appKey} ${openId}`).digest('hex').slice(0, 16);
  const spool = await openSpool(file, { from, until, who }, { fresh });
  try {
    if (spool.complete) {
      const minutes = Math.round((Date.now() - spool.begun) / 60_000);
      screen.note(`taken from what was fetched ${minutes} minutes ago; --fresh fetches it again`);
      return spool;
    }
    if (spool.after)
      screen.note(
        `going on after page ${spool.after.page}, where an earlier run stopped; --fresh begins anew`,
      );
    await fill(session, spool, { from, until });
    return spool;
  } catch (error) {
    await spool.close();
    // A page token that an earlier run left may lead nowhere any more.
    if (spool.after && error instanceof TikTokError && error.trouble === 'parameter') {
      screen.note('warning: TikTok does not know that page any more: beginning anew');
      return fetchOrders(session, { from, until }, { account, fresh: true });
    }
    throw error;
  }
}

async function fill(
  { screen, client }: Session,
  spool: Spool,
  { from, until }: { from: number; until: number },
): Promise<void> {
  let told = -Infinity;
  for await (const page of searchOrders(client, { from, until, after: spool.after })) {
    await spool.add(page);
    const { orders, total } = spool.counts();
    const pages = total === undefined ? '?' : Math.max(page.page, Math.ceil(total / pageSize));
    if (performance.now() - told > every || page.next === '') {
      told = performance.now();
      screen.note(`page ${page.page} of ${pages}: ${orders} orders`);
    }
    screen.progress(orders, total, 'orders');
  }
  screen.progress(0, 0, '');
  const { orders, total, unread } = spool.counts();
  if (total !== undefined && total !== orders + unread.length)
    screen.note(`warning: TikTok counts ${total} orders, and sent ${orders}`);
}
