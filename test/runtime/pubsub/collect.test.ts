import { status } from '@grpc/grpc-js';
import { describe, expect, it } from 'vitest';
import { createCollector } from '../../../services/runtime/pubsub/collect.ts';
import {
  Overloaded,
  type Connection,
  type Limits,
  type PubSubMessage,
} from '../../../services/runtime/pubsub/publisher.ts';

interface Call {
  topic: string;
  data: string[];
  /** Answers it: with ids, or with a gRPC status. */
  keep(): void;
  refuse(code: number): void;
}

/** A collector on a connection whose calls end when the test says so. */
function start(limits: Partial<Limits> = {}) {
  const calls: Call[] = [];
  const connection: Connection = {
    call: (topic, messages) =>
      new Promise((resolve, reject) => {
        calls.push({
          topic,
          data: messages.map(({ data }) => data),
          keep: () => resolve(messages.map((_, i) => `id ${i}`)),
          refuse: (code) => reject(Object.assign(new Error(`status ${code}`), { code })),
        });
      }),
    close: async () => {},
  };
  const publisher = createCollector(connection, { totalMs: 2_000, callsInFlight: 1, ...limits });
  return { calls, publisher, publish: (...data: string[]) => publisher.publish('t', data.map(message)) };
}

const message = (data: string): PubSubMessage => ({ data, attributes: {} });
/** Lets what was settled be noticed, and what waits be sent. */
async function turn(): Promise<void> {
  await new Promise(setImmediate);
  await new Promise(setImmediate);
}

describe('the collector', () => {
  it('sends at once while calls are free, then collects for the next one', async () => {
    const { calls, publish } = start({ callsInFlight: 2 });
    const first = publish('a');
    await turn();
    const rest = [publish('b')];
    await turn();
    for (const data of ['c', 'd', 'e']) {
      rest.push(publish(data));
      await turn();
    }
    expect(calls.map(({ data }) => data)).toEqual([['a'], ['b']]);
    calls[1]!.keep();
    await turn();
    expect(calls.map(({ data }) => data)).toEqual([['a'], ['b'], ['c', 'd', 'e']]);
    calls[0]!.keep();
    calls[2]!.keep();
    await Promise.all([first, ...rest]);
  });

  it('collects for each topic by itself', async () => {
    const { calls, publisher } = start();
    const all = ['t', 'u', 't', 'u'].map((topic, i) => publisher.publish(topic, [message(`${i}`)]));
    await turn();
    expect(calls.map(({ topic, data }) => [topic, ...data])).toEqual([['t', '0', '2'], ['u', '1', '3']]); // prettier-ignore
    calls.forEach((call) => call.keep());
    await Promise.all(all);
  });

  it.each<[string, Partial<Limits>]>([
    ['messages', { callMessages: 4 }],
    ['bytes', { callBytes: 4 * 5 }],
  ])("bounds a call by its %s, and never splits one caller's", async (_, limits) => {
    const { calls, publish } = start(limits);
    const all = Promise.all([
      publish('a'),
      publish('b', 'c'),
      publish('d', 'e', 'f'),
      publish('g'),
      publish('h'),
    ]);
    await turn();
    for (let i = 0; i < 3; i++) {
      calls[i]!.keep();
      await turn();
    }
    await all;
    expect(calls.map(({ data }) => data)).toEqual([['a', 'b', 'c'], ['d', 'e', 'f', 'g'], ['h']]);
  });

  it('refuses at once what no call can hold', async () => {
    const { calls, publish } = start({ callMessages: 2 });
    await expect(publish('a', 'b', 'c')).rejects.toThrow(RangeError);
    expect(calls).toHaveLength(0);
  });

  it.each<[string, Partial<Limits>]>([
    ['messages', { heldMessages: 3 }],
    ['bytes', { heldBytes: 3 * 5 }],
  ])('is overloaded when it holds too many %s, and takes more once they are settled', async (_, limits) => {
    const { calls, publish } = start(limits);
    const held = Promise.all([publish('a'), publish('b'), publish('c')]);
    await expect(publish('d')).rejects.toThrow(Overloaded);
    await turn();
    calls[0]!.keep();
    await held;
    const more = publish('e');
    await turn();
    calls[1]!.keep();
    await more;
  });

  it('rejects in time whoever waits behind a call that does not end, and lets go of it', async () => {
    const { calls, publish } = start({ totalMs: 100, heldMessages: 2 });
    const inFlight = publish('a');
    await turn();
    const all = await Promise.allSettled([inFlight, publish('b')]);
    expect(all.map((each) => (each as { reason?: unknown }).reason)).toEqual([
      new Error('not acknowledged by Pub/Sub within 100 ms'),
      new Error('not acknowledged by Pub/Sub within 100 ms'),
    ]);
    const waiting = publish('c');
    await expect(publish('d')).rejects.toThrow(Overloaded);
    calls[0]!.keep();
    await turn();
    expect(calls.map(({ data }) => data)).toEqual([['a'], ['c']]);
    calls[1]!.keep();
    await waiting;
  });

  it('sends nothing again for a caller that was told, and goes on for the others', async () => {
    const { calls, publish } = start({ totalMs: 300 });
    const first = publish('first');
    await turn();
    const early = publish('early');
    await new Promise((resolve) => setTimeout(resolve, 200));
    const later = publish('later');
    calls[0]!.keep();
    await first;
    await turn();
    expect(calls[1]!.data).toEqual(['early', 'later']);
    await expect(early).rejects.toThrow('within 300 ms');
    calls[1]!.refuse(status.UNAVAILABLE);
    await expect.poll(() => calls[2]?.data).toEqual(['later']);
    calls[2]!.keep();
    await later;
  });

  it('settles in the order of the calls, each caller by what became of its own', async () => {
    const { calls, publish } = start();
    const order: string[] = [];
    const note = (data: string) =>
      publish(data).then(
        () => order.push(`${data} kept`),
        (error: Error) => order.push(`${data} ${error.message}`),
      );
    const first = note('a');
    await turn();
    const all = Promise.all([first, note('bad'), note('c'), note('d')]);
    calls[0]!.keep();
    await turn();
    for (let i = 1; i < calls.length; i++) {
      if (calls[i]!.data.includes('bad')) calls[i]!.refuse(status.INVALID_ARGUMENT);
      else calls[i]!.keep();
      await turn();
    }
    await all;
    expect(order).toEqual(['a kept', `bad status ${status.INVALID_ARGUMENT}`, 'c kept', 'd kept']);
  });

  it('closes when all that was taken is settled', async () => {
    const { calls, publisher, publish } = start();
    const first = publish('a');
    await turn();
    const all = Promise.all([first, publish('b')]);
    let closed = false;
    const closing = publisher.close().then(() => (closed = true));
    await expect(publish('c')).rejects.toThrow('closed');
    calls[0]!.keep();
    await turn();
    expect(closed).toBe(false);
    calls[1]!.keep();
    await all;
    await closing;
  });
});
