/**
 * Rejects with `${failure} within ${ms} ms` if `work` takes longer than `ms` milliseconds. The work goes on: whoever gave up may still
 * find it done.
 */
export function within<T>(ms: number, work: Promise<T>, failure: string): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`${failure} within ${ms} ms`)), ms);
    const settle =
      <V>(end: (value: V) => void) =>
      (value: V) => {
        clearTimeout(timer);
        end(value);
      };
    work.then(settle(resolve), settle(reject));
  });
}

/** Resolves when the work, which never rejects, is done, or after `ms` milliseconds. The work goes on. */
export async function settledWithin(ms: number, work: Promise<void>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<void>((resolve) => (timer = setTimeout(resolve, ms)));
  await Promise.race([work, late]);
  clearTimeout(timer);
}
