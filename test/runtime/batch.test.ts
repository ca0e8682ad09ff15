import { describe, expect, it } from 'vitest';
import { createBatcher } from '../../services/runtime/batch.ts';

/** A batcher of numbers that weigh a third each; batches run until told to go on. */
function setUp(fail: (batch: number[]) => boolean = () => false) {
  const batches: number[][] = [];
  const goOn: (() => void)[] = [];
  const batcher = createBatcher<number, string>({
    weigh: () => 1 / 3,
    async run(items) {
      batches.push(items);
      await new Promise<void>((resolve) => goOn.push(resolve));
      if (fail(items)) throw new Error(`cannot do ${items.join()}`);
      return items.map((item) => `did ${item}`);
    },
  });
  /** Lets every batch finish, those too that begin because another did. */
  const finish = async () => {
    for (let idle = 0; idle < 5; idle++) {
      if (goOn.length > 0) idle = 0;
      goOn.splice(0).forEach((go) => go());
      await new Promise((resolve) => setImmediate(resolve));
    }
  };
  return { batcher, batches, finish };
}

describe('createBatcher', () => {
  it('rejects just the item that fails, and does the others of its batch one by one', async () => {
    const { batcher, batches, finish } = setUp((batch) => batch.includes(2));
    const results = Promise.allSettled([0, 1, 2, 3].map((item) => batcher.add(item)));
    await finish();
    expect(await results).toMatchObject([
      { value: 'did 0' },
      { value: 'did 1' },
      { reason: { message: 'cannot do 2' } },
      { value: 'did 3' },
    ]);
    expect(batches).toEqual([[0], [1, 2, 3], [1], [2], [3]]);
  });

  it('works on after a failure', async () => {
    const { batcher, finish } = setUp((batch) => batch.includes(0));
    const failing = expect(batcher.add(0)).rejects.toThrow('cannot do 0');
    await finish();
    await failing;
    const next = batcher.add(1);
    await finish();
    expect(await next).toBe('did 1');
  });

  it('runs an item at once when idle, in the same turn', () => {
    const { batcher, batches } = setUp();
    void batcher.add(1);
    expect(batches).toEqual([[1]]);
  });

  it('puts what comes meanwhile together, up to the weight of 1, in order', async () => {
    const { batcher, batches, finish } = setUp();
    const results = Promise.all([0, 1, 2, 3, 4].map((item) => batcher.add(item)));
    await finish();
    expect(await results).toEqual(['did 0', 'did 1', 'did 2', 'did 3', 'did 4']);
    expect(batches).toEqual([[0], [1, 2, 3], [4]]);
  });

  it('does an item that is heavier than a batch, alone', async () => {
    const batches: number[][] = [];
    const batcher = createBatcher<number, number>({
      weigh: (item) => item,
      async run(items) {
        batches.push(items);
        return items;
      },
    });
    expect(await Promise.all([0.5, 7, 0.5, 0.5].map((item) => batcher.add(item)))).toEqual([
      0.5, 7, 0.5, 0.5,
    ]);
    expect(batches).toEqual([[0.5], [7], [0.5, 0.5]]);
  });

  it('takes nothing after close, and close waits for all that was taken', async () => {
    const { batcher, batches, finish } = setUp();
    const taken = Promise.all([batcher.add(0), batcher.add(1)]);
    let closed = false;
    const closing = batcher.close().then(() => (closed = true));
    await expect(batcher.add(2)).rejects.toThrow('closed');
    expect(closed).toBe(false);
    await finish();
    await closing;
    expect(await taken).toEqual(['did 0', 'did 1']);
    expect(batches).toEqual([[0], [1]]);
  });
});
