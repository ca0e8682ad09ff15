import type { Topic } from '../../services/runtime/bus.ts';

/** What a sender was told: a status, or nothing, since the connection broke: then it does not know what became of it. */
export type Told = number | 'nothing';

/** One postback with an id of its own, which its sender may have sent several times. */
export interface Sent {
  id: string;
  method: string;
  /** As they must stand in the journal, secrets masked. */
  query: string;
  body: string;
  /** How many conversions it carries. */
  lines: number;
  /** The statuses that it may be answered, 503 aside. */
  may: number[];
  told: Told[];
  /** Nothing went wrong around it, from its first try to its last answer. */
  calm: boolean;
}

/** Where what was so answered must be. */
export const homes: Record<number, Topic> = { 200: 'conversions', 202: 'quarantine', 401: 'refused' };

/** Ids look so, wherever they stand. */
export const idPattern = /\bsale-\d+\b/;

/** What the senders know, and whether all is well just now. */
export class Book {
  readonly sent = new Map<string, Sent>();
  /** 503 answers without Retry-After. */
  withoutRetryAfter = 0;
  private weather = 0;
  private storms = 0;
  private count = 0;

  nextId(): string {
    return `sale-${++this.count}`;
  }

  add(sale: Omit<Sent, 'told' | 'calm'>): Sent {
    const sent: Sent = { ...sale, told: [], calm: true };
    this.sent.set(sent.id, sent);
    return sent;
  }

  /** Something begins to go wrong, until `allWell`. */
  storm(): void {
    this.weather++;
    this.storms++;
  }

  allWell(): void {
    this.storms--;
  }

  /** Begins to watch one; what it gives ends that, and notes whether anything went wrong meanwhile. */
  watch(sent: Sent): () => void {
    const before = this.weather;
    if (this.storms > 0) sent.calm = false;
    return () => {
      if (this.weather !== before) sent.calm = false;
    };
  }
}
