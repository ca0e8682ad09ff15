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
