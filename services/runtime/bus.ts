/** Where what was received is kept. In production these are Pub/Sub topics, on one machine they are rows of a table. */
export const topics = ['conversions', 'quarantine', 'refused'] as const;
export type Topic = (typeof topics)[number];

export interface Message {
  /** The id of what it carries; the same thing reported again has the same id. */
  id: string;
  /** JSON. */
  data: string;
  attributes: Record<string, string>;
}

export interface Bus {
  /**
   * Resolves once every message is kept: Pub/Sub gave an id for each, or their rows are committed. All of them or none.
   * Rejects when that is not certain; the caller must then answer "not kept".
   */
  publish(topic: Topic, messages: Message[]): Promise<void>;
  /** When each of these ids was last kept, as far as this bus remembers; an id it does not know is missing. */
  lastKept(topic: Topic, ids: string[]): Promise<Map<string, Date>>;
  /** Finishes what is under way, then lets go of its resources. */
  close(): Promise<void>;
}
