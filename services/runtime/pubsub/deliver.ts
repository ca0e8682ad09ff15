import { setTimeout as sleep } from 'node:timers/promises';
import type { Caller } from './caller.ts';
import type { Connection } from './publisher.ts';
import { mayBeOneMessages, mayPass } from './status.ts';

interface Delivery {
  connection: Connection;
  topic: string;
  attemptMs: number;
}

/** Sends a batch in one call until each caller is settled: kept, refused for good, or out of time. Never rejects. */
export async function deliver(delivery: Delivery, batch: Caller[]): Promise<void> {
  for (let failures = 1; ; failures++) {
    // Who was told that it is not kept sends it again: another attempt of ours could only double it.
    const callers = batch.filter(({ settled }) => !settled);
    if (callers.length === 0) return;
    try {
      await callOnce(delivery, callers);
      return callers.forEach((caller) => !caller.settled && caller.succeed());
    } catch (error) {
      if (mayBeOneMessages(error) && callers.length > 1) return deliverHalves(delivery, callers);
      if (!mayPass(error)) return callers.forEach((caller) => !caller.settled && caller.fail(error));
      const pause = pauseAfter(failures);
      for (const caller of callers) caller.awaitRetry(error as Error, pause);
      if (callers.some(({ settled }) => !settled)) await sleep(pause);
    }
  }
}

/** One caller's bad message must not fail the others. Halves find it in few calls. */
async function deliverHalves(delivery: Delivery, callers: Caller[]): Promise<void> {
  const middle = callers.length >> 1;
  await deliver(delivery, callers.slice(0, middle));
  await deliver(delivery, callers.slice(middle));
}

async function callOnce({ connection, topic, attemptMs }: Delivery, callers: Caller[]): Promise<void> {
  const messages = callers.flatMap((caller) => caller.messages);
  const left = Math.max(...callers.map(({ deadline }) => deadline)) - performance.now();
  const ids = await connection.call(topic, messages, Math.max(1, Math.min(attemptMs, left)));
  if (ids.length !== messages.length || ids.includes(''))
    throw new Error(`Pub/Sub acknowledged ${ids.length} of ${messages.length} messages`);
}

/** Milliseconds: 50, 100, 200 .. 800, each between half and whole, so that those who failed together do not return together. */
const pauseAfter = (failures: number) => 50 * 2 ** Math.min(failures - 1, 4) * (0.5 + Math.random() / 2);
