/**
 * Rejects with `${failure} within ${ms} ms` if `work` takes longer than `ms` milliseconds. The work goes on: whoever gave up may still
 * find it done.
 */
export async function within<T>(ms: number, work: Promise<T>, failure: string): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`${failure} within ${ms} ms`)), ms);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
