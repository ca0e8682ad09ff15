/**
 * Does `work` on each item, `most` at a time, and resolves to the results in the items' order. After the first rejection nothing more
 * begins: what is under way ends, and `stopped` is why.
 */
export async function inParallel<T, R>(
  items: readonly T[],
  most: number,
  work: (item: T) => Promise<R>,
): Promise<{ results: R[]; stopped: unknown }> {
  const results = new Map<number, R>();
  let next = 0;
  let stopped: unknown;
  const worker = async () => {
    while (next < items.length && stopped === undefined) {
      const mine = next++;
      try {
        results.set(mine, await work(items[mine]!));
      } catch (error) {
        stopped ??= error;
      }
    }
  };
  await Promise.all(Array.from({ length: Math.min(most, items.length) }, worker));
  return { results: [...results].sort(([a], [b]) => a - b).map(([, result]) => result), stopped };
}
