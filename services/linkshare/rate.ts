import { setTimeout as sleep } from 'node:timers/promises';

/** Lets calls through one after another, with a least distance between them. */
export interface Pace {
  /** Resolves when the next call may begin. */
  turn(): Promise<void>;
  /** No call begins for so many milliseconds: TikTok asked for it, and it counts all calls of an app together. */
  pause(ms: number): void;
}

/** At most `perSecond` calls a second, spread evenly: a burst is what TikTok answers with 429. */
export function createPace(perSecond: number, wait: (ms: number) => Promise<unknown> = sleep): Pace {
  const distance = 1000 / perSecond;
  let next = 0;
  return {
    async turn() {
      const now = performance.now();
      const mine = Math.max(now, next);
      next = mine + distance;
      if (mine > now) await wait(mine - now);
    },
    pause(ms) {
      next = Math.max(next, performance.now() + ms);
    },
  };
}
