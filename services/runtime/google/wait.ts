import { within } from '../within.ts';

/** Runs calls one after the other: each within `each` milliseconds, and none begins when `all` have passed since now. */
export function inTime(all: number, each: number) {
  const end = performance.now() + all;
  return <T>(call: (ms: number) => Promise<T>): Promise<T> => {
    const ms = Math.min(each, Math.ceil(end - performance.now()));
    return ms > 0
      ? within(ms, call(ms), 'no answer')
      : Promise.reject(new Error(`not done within ${all} ms`));
  };
}
