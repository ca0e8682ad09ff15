/** A message as Pub/Sub takes it. */
export interface PubSubMessage {
  /** Text; sent as UTF-8. */
  data: string;
  attributes: Record<string, string>;
}

/** What sends to Pub/Sub, so that the bus does not care by which client. */
export interface Publisher {
  /**
   * Resolves once Pub/Sub gave an id for each of these messages, which went in one Publish call: all of them or none.
   * `topic` is the full name, projects/P/topics/T. Rejects when that is not certain: with Overloaded at once, with what
   * Pub/Sub refused at once, with whatever else within `totalMs`.
   */
  publish(topic: string, messages: PubSubMessage[]): Promise<void>;
  /** Takes no more, waits until all that was taken is settled (at most `totalMs`), then closes the connection. */
  close(): Promise<void>;
}

/** One connection to Pub/Sub, or what stands for it. It does not wait, collect or try again: that is the collector's. */
export interface Connection {
  /** One Publish call, given up after `timeoutMs`. Resolves to the ids it was answered; rejects with a gRPC status as `code`. */
  call(topic: string, messages: PubSubMessage[], timeoutMs: number): Promise<readonly string[]>;
  close(): Promise<void>;
}

/** Thrown at once when as much waits as may: what cannot be kept soon is better told so than collected until memory ends. */
export class Overloaded extends Error {
  override readonly name = 'Overloaded';
}

export interface PublisherOptions {
  /** HOST:PORT of the emulator, as PUBSUB_EMULATOR_HOST says it: without encryption and credentials. Google's own if undefined. */
  emulatorHost?: string | undefined;
  limits?: Partial<Limits>;
}

export interface Limits {
  /** Milliseconds until one attempt is given up. */
  attemptMs: number;
  /** Milliseconds until a caller is told that its messages are not kept, waiting and further attempts included. */
  totalMs: number;
  /** Calls in flight for one topic before messages are collected. */
  callsInFlight: number;
  /** Messages and bytes of one call; Pub/Sub takes 1,000 and 10 MB (https://cloud.google.com/pubsub/quotas#resource_limits). */
  callMessages: number;
  callBytes: number;
  /** Messages and bytes that are held in all, waiting or in flight. */
  heldMessages: number;
  heldBytes: number;
}

export const defaultLimits: Limits = {
  attemptMs: 5_000,
  totalMs: 6_000,
  callsInFlight: 4,
  callMessages: 1_000,
  callBytes: 9_000_000,
  heldMessages: 2_000,
  heldBytes: 32_000_000,
};
