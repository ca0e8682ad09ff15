import type { Bus, Topic } from '../bus.ts';
import { createMemory, type Memory } from './memory.ts';
import type { Publisher } from './publisher.ts';

interface Parts {
  publisher: Publisher;
  /** Full names: projects/P/topics/T. */
  topics: Record<Topic, string>;
  clock?: () => Date;
}

/**
 * The bus on Pub/Sub. It remembers what this instance published, since Pub/Sub cannot be asked: a repeat that comes to another
 * instance, or after a restart, is published again and writes nothing in the ledger.
 */
export function createPubSubBus({ publisher, topics, clock = () => new Date() }: Parts): Bus {
  // One for each topic: whoever floods us with requests to refuse must not make us forget the sales.
  const kept: Record<Topic, Memory> = {
    conversions: createMemory(),
    quarantine: createMemory(),
    refused: createMemory(),
  };
  return {
    async publish(topic, messages) {
      await publisher.publish(
        topics[topic],
        messages.map(({ data, attributes }) => ({ data, attributes })),
      );
      const now = clock();
      for (const { id } of messages) kept[topic].remember(id, now);
    },
    async lastKept(topic, ids) {
      const pairs = ids.map((id) => [id, kept[topic].lastKept(id)] as const);
      return new Map(pairs.filter((pair): pair is [string, Date] => pair[1] !== undefined));
    },
    close: () => publisher.close(),
  };
}
