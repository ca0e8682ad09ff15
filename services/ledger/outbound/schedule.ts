const second = 1_000;
const minute = 60 * second;
const hour = 60 * minute;

/** Milliseconds before each attempt, after the one before: https://www.standardwebhooks.com, "Reliability" */
export const schedule = [0, 5 * second, 5 * minute, 30 * minute, 2 * hour, 5 * hour, 10 * hour, 10 * hour];

/** The longest that an answer's Retry-After puts anything off. */
export const longestWait = hour;

/** Outages in a row after which a publisher is left alone for a while; then one attempt looks whether it is back. */
export const breakAfter = 5;
const firstPause = 30 * second;
const longestPause = hour;

/** From 0 to 1, as Math.random gives it. */
export type Chance = () => number;

/** Up to a fifth more, so that what failed together does not come again together. */
const jittered = (ms: number, chance: Chance) => Math.round(ms * (1 + chance() / 5));

/** Milliseconds until the next attempt after `made` ones, or undefined when there is none. */
export function nextAttempt(made: number, retryAfter: number, chance: Chance): number | undefined {
  const wait = schedule[made];
  return wait === undefined ? undefined : Math.max(jittered(wait, chance), retryAfter);
}

/** Milliseconds for which a publisher is left alone after so many outages in a row; 0 while they are few. */
export function pauseAfter(outages: number, chance: Chance): number {
  if (outages < breakAfter) return 0;
  return jittered(Math.min(firstPause * 2 ** Math.min(outages - breakAfter, 20), longestPause), chance);
}

/** Reads Retry-After, in seconds or as a date, into milliseconds: 0 where there is none that can be read, never more than `longestWait`. */
export function readRetryAfter(text: string | undefined, now: Date): number {
  const trimmed = text?.trim() ?? '';
  const wait = /^\d+$/.test(trimmed) ? Number(trimmed) * second : Date.parse(trimmed) - now.getTime();
  return Number.isNaN(wait) ? 0 : Math.min(Math.max(wait, 0), longestWait);
}
