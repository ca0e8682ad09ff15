import { randomUUID } from 'node:crypto';
import type { Log } from '../../runtime/log.ts';
import type { Ledger } from '../tables.ts';
import { claim, type Claimed } from './claim.ts';
import { finish } from './finish.ts';
import { judge } from './outcome.ts';
import { makeRequest } from './request.ts';
import type { Chance } from './schedule.ts';
import { createSender, usualTimeout, type Answer, type Sender, type SenderOptions } from './send.ts';

export interface OutboundSettings extends SenderOptions {
  /** Attempts at a time, of all publishers together. */
  most?: number;
  /** Milliseconds between looks at what is due. */
  every?: number;
}

export interface OutboundOptions {
  db: Ledger;
  log: Log;
  settings?: OutboundSettings;
  clock?: () => Date;
  chance?: Chance;
}

export interface Outbound {
  /** To be called when deliveries were written: they are sent soon, and not at the next look. */
  wake(): void;
  /** Resolves when nothing that is due now is left, and nothing is under way. */
  settled(): Promise<void>;
  /** Finishes the attempts under way, and begins none. */
  stop(): Promise<void>;
}

/**
 * Sends the deliveries that are due; any number of workers may run. At least once: an attempt whose end nobody wrote (a kill, the database
 * away) is made again, with the same delivery id.
 */
export function startOutbound({
  db,
  log,
  settings = {},
  clock = () => new Date(),
  chance = Math.random,
}: OutboundOptions): Outbound {
  const { most = 64, every = 1_000, timeout = usualTimeout } = settings;
  const sender = createSender(settings);
  const underWay = new Set<Promise<void>>();
  let filling: Promise<void> | undefined;
  let again = false;
  let stopped = false;
  const timer = setInterval(wake, every);

  function wake(): void {
    void fill();
  }

  /** One at a time; what is asked meanwhile is seen by the look that follows. */
  function fill(): Promise<void> {
    again = true;
    filling ??= look();
    return filling;
  }

  async function look(): Promise<void> {
    while (again && !stopped) {
      again = false;
      await takeAll().catch((error: unknown) => log.warn('deliveries wait', { why: String(error) }));
    }
    // In the same step as the last look at `again`, so that nobody's asking falls between.
    filling = undefined;
  }

  async function takeAll(): Promise<void> {
    while (!stopped && underWay.size < most) {
      const now = clock();
      // An attempt and its writing take less than this, unless the process is dead.
      const until = new Date(now.getTime() + 3 * timeout + 30_000);
      const claimed = await claim(db, { now, lease: randomUUID(), until, most: most - underWay.size });
      if (claimed.length === 0) return;
      for (const delivery of claimed) begin(delivery);
    }
  }

  function begin(delivery: Claimed): void {
    const work = deliver(delivery).finally(() => {
      underWay.delete(work);
      wake();
    });
    underWay.add(work);
  }

  async function deliver(delivery: Claimed): Promise<void> {
    try {
      const answer = await attempt(sender, delivery, clock());
      const outcome = judge(answer, delivery.settings);
      const { written, off } = await finish(db, { delivery, answer, outcome, now: clock() }, chance);
      const { id, publisher, attempts } = delivery;
      log.info('delivery', { id, publisher, attempt: attempts + 1, outcome: outcome.is, status: answer.status, ms: answer.ms, why: outcome.why, written }); // prettier-ignore
      if (off !== undefined) log.error('postbacks switched off', { publisher, why: off });
    } catch (error) {
      // Its lease ends, and it is made again.
      log.error('attempt not written', { id: delivery.id, why: String(error) });
    }
  }

  return {
    wake,
    async settled() {
      for (await fill(); underWay.size > 0; await fill()) await Promise.all(underWay);
    },
    async stop() {
      stopped = true;
      clearInterval(timer);
      await filling;
      await Promise.all(underWay);
      await sender.close();
    },
  };
}

/** A request that cannot be made is an attempt too: it must not come again for ever. */
async function attempt(sender: Sender, { settings, secrets, says }: Claimed, now: Date): Promise<Answer> {
  try {
    return await sender.send(makeRequest(settings, secrets, says, now));
  } catch (error) {
    return { status: null, text: '', retryAfter: undefined, error: (error as Error).message, ms: 0 };
  }
}
