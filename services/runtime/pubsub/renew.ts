import type { Connection } from './publisher.ts';
import { isAnswer, isSilence } from './status.ts';

/**
 * A connection that is replaced when a call was given up and nothing was heard since that call began. A half-open connection looks
 * alive to TCP for minutes, and keepalive pings may not come oftener than every 10 s
 * (https://grpc.io/docs/guides/keepalive/): waiting for either would cost the sales of that time a second try.
 */
export function createRenewing(open: () => Connection): Connection {
  let current = open();
  let heardAt = -Infinity;

  function noteTrouble(used: Connection, startedAt: number, error: unknown): void {
    if (isAnswer(error)) heardAt = performance.now();
    if (!isSilence(error) || used !== current || heardAt > startedAt) return;
    current = open();
    // Other calls on it fail or end as they would. What never came to be open says so when it is closed, as its calls did.
    used.close().catch(() => undefined);
  }

  return {
    async call(topic, messages, timeoutMs) {
      const [used, startedAt] = [current, performance.now()];
      try {
        const ids = await used.call(topic, messages, timeoutMs);
        heardAt = performance.now();
        return ids;
      } catch (error) {
        noteTrouble(used, startedAt, error);
        throw error;
      }
    },
    close: () => current.close(),
  };
}
