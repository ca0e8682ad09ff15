import { describe, expect, it } from 'vitest';
import { createPubSubBus } from '../../../services/runtime/pubsub/bus.ts';
import { createMemory } from '../../../services/runtime/pubsub/memory.ts';
import type { PubSubMessage } from '../../../services/runtime/pubsub/publisher.ts';

const topics = { conversions: 'C', quarantine: 'Q', refused: 'R' };
const message = (id: string) => ({ id, data: `{"id":"${id}"}`, attributes: { 'ce-id': id } });

describe('the Pub/Sub bus', () => {
  it('publishes the messages of a request together, and remembers when each was last acknowledged', async () => {
    const published: [string, PubSubMessage[]][] = [];
    let now = new Date(1);
    const publisher = {
      publish: async (topic: string, messages: PubSubMessage[]) => void published.push([topic, messages]),
      close: async () => {},
    };
    const bus = createPubSubBus({ publisher, topics, clock: () => now });
    await bus.publish('conversions', [message('a'), message('b')]);
    now = new Date(2);
    await bus.publish('conversions', [message('b')]);
    expect(published[0]).toEqual(['C', [
      { data: '{"id":"a"}', attributes: { 'ce-id': 'a' } },
      { data: '{"id":"b"}', attributes: { 'ce-id': 'b' } },
    ]]); // prettier-ignore
    expect(await bus.lastKept('conversions', ['a', 'b', 'c'])).toEqual(
      new Map([
        ['a', new Date(1)],
        ['b', new Date(2)],
      ]),
    );
    expect(await bus.lastKept('refused', ['a'])).toEqual(new Map());
  });

  it('remembers nothing of what was not acknowledged', async () => {
    const publisher = { publish: () => Promise.reject(new Error('no')), close: async () => {} };
    const bus = createPubSubBus({ publisher, topics });
    await expect(bus.publish('conversions', [message('a')])).rejects.toThrow('no');
    expect(await bus.lastKept('conversions', ['a'])).toEqual(new Map());
  });
});

describe('the memory', () => {
  it('forgets the id that was kept longest ago', () => {
    const memory = createMemory(2);
    for (const [id, at] of [['a', 1], ['b', 2], ['a', 3], ['c', 4]] as const) memory.remember(id, new Date(at)); // prettier-ignore
    expect(['a', 'b', 'c'].map((id) => memory.lastKept(id)?.getTime())).toEqual([3, undefined, 4]);
  });
});
