import type { Bus, Message, Topic } from '../runtime/bus.ts';

/** Something to keep once: its id, and for how many milliseconds after it was kept the same id is a repeat. */
export interface Item {
  id: string;
  repeatWithin: number;
}

/**
 * Publishes what the bus does not hold yet. Two requests that carry the same id at the same moment go one after the other, so that
 * the second sees what became of the first: a repeat if that was kept, and not kept either if it was not. Tried again here, those who wait
 * would follow one after the other for long after their senders were answered.
 */
export class Once {
  private readonly bus: Bus;
  private readonly inFlight = new Map<string, Promise<unknown>>();

  constructor(bus: Bus) {
    this.bus = bus;
  }

  /**
   * `toMessages` makes the messages of the ids that are news. Resolves to how many those were; rejects if it is not certain that
   * they are kept.
   */
  async publish(
    topic: Topic,
    items: Item[],
    now: Date,
    toMessages: (news: Set<string>) => Message[],
  ): Promise<number> {
    const keys = items.map(({ id }) => `${topic} ${id}`);
    for (let others = this.underWay(keys); others.length > 0; others = this.underWay(keys))
      await Promise.all(others);
    const work = this.publishNews(topic, items, now, toMessages).finally(() =>
      keys.forEach((key) => this.inFlight.delete(key)),
    );
    for (const key of keys) this.inFlight.set(key, work);
    return work;
  }

  private underWay(keys: string[]): Promise<unknown>[] {
    return keys.flatMap((key) => this.inFlight.get(key) ?? []);
  }

  private async publishNews(
    topic: Topic,
    items: Item[],
    now: Date,
    toMessages: (news: Set<string>) => Message[],
  ) {
    const kept = await this.bus.lastKept(topic, items.map(({ id }) => id)); // prettier-ignore
    const isNews = ({ id, repeatWithin }: Item) => {
      const before = kept.get(id);
      return before === undefined || now.getTime() - before.getTime() > repeatWithin;
    };
    const news = new Set(items.filter(isNews).map(({ id }) => id));
    if (news.size > 0) await this.bus.publish(topic, toMessages(news));
    return news.size;
  }
}
