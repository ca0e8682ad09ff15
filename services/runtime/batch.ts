export interface Batcher<Item, Result> {
  /** Resolves with what became of this item, rejects if just this item cannot be done. */
  add(item: Item): Promise<Result>;
  /** Takes no more, and resolves when all that was taken is settled. */
  close(): Promise<void>;
}

interface Options<Item, Result> {
  /** Does all of a batch or nothing of it; gives one result for each item, in their order. */
  run: (items: Item[]) => Promise<Result[]>;
  /** How much of a batch an item takes up. The items of a batch weigh 1 together at most; a heavier one goes alone. */
  weigh: (item: Item) => number;
}

interface Waiting<Item, Result> {
  item: Item;
  resolve: (result: Result) => void;
  reject: (error: unknown) => void;
}

/**
 * Runs an item at once when idle; what arrives while a batch runs goes together in the next one. So one caller waits for nobody, and
 * load makes batches larger instead of queues longer.
 */
export function createBatcher<Item, Result>({ run, weigh }: Options<Item, Result>): Batcher<Item, Result> {
  const waiting: Waiting<Item, Result>[] = [];
  let running: Promise<void> | undefined;
  let closed = false;

  async function runAll(): Promise<void> {
    while (waiting.length > 0) await runBatch(takeBatch());
    running = undefined;
  }

  async function runBatch(batch: Waiting<Item, Result>[]): Promise<void> {
    try {
      const results = await run(batch.map(({ item }) => item));
      batch.forEach(({ resolve }, i) => resolve(results[i]!));
    } catch (error) {
      if (batch.length === 1) return batch[0]!.reject(error);
      // One bad item must not fail the others: each on its own.
      for (const one of batch) await runBatch([one]);
    }
  }

  function takeBatch(): Waiting<Item, Result>[] {
    let weight = 0;
    let count = 0;
    while (count < waiting.length) {
      weight += weigh(waiting[count]!.item);
      if (count > 0 && weight > 1) break;
      count++;
    }
    return waiting.splice(0, count);
  }

  return {
    add(item) {
      if (closed) return Promise.reject(new Error('closed: nothing more is taken'));
      return new Promise((resolve, reject) => {
        waiting.push({ item, resolve, reject });
        running ??= runAll();
      });
    },
    async close() {
      closed = true;
      await running;
    },
  };
}
