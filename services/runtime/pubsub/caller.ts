import { messagesSize } from './protobuf.ts';
import type { PubSubMessage } from './publisher.ts';

/** One call of publish() on its way. It is settled once: kept, failed, or out of time. */
export class Caller {
  readonly messages: PubSubMessage[];
  readonly bytes: number;
  /** performance.now() at which its time is over. */
  readonly deadline: number;
  readonly done: Promise<void>;
  settled = false;
  /** Why the last attempt failed. */
  private trouble: Error | undefined;
  private readonly totalMs: number;
  private readonly timer: NodeJS.Timeout;
  private readonly ends: PromiseWithResolvers<void> = Promise.withResolvers();

  constructor(messages: PubSubMessage[], totalMs: number, onExpiry: (caller: Caller) => void) {
    this.messages = messages;
    this.totalMs = totalMs;
    this.bytes = messagesSize(messages);
    this.deadline = performance.now() + totalMs;
    this.done = this.ends.promise;
    this.timer = setTimeout(() => {
      this.expire();
      onExpiry(this);
    }, totalMs);
  }

  succeed(): void {
    this.end();
    this.ends.resolve();
  }

  fail(error: unknown): void {
    this.end();
    this.ends.reject(error);
  }

  /** Notes why an attempt failed, and ends it now if its time will be over before another one `pauseMs` later. */
  awaitRetry(trouble: Error, pauseMs: number): void {
    this.trouble = trouble;
    if (!this.settled && performance.now() + pauseMs >= this.deadline) this.expire();
  }

  private expire(): void {
    const last = this.trouble ? `; last: ${this.trouble.message}` : '';
    const message = `not acknowledged by Pub/Sub within ${this.totalMs} ms${last}`;
    this.fail(new Error(message, { cause: this.trouble }));
  }

  private end(): void {
    clearTimeout(this.timer);
    this.settled = true;
  }
}
