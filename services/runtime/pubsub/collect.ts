import { Caller } from './caller.ts';
import { deliver } from './deliver.ts';
import { defaultLimits, Overloaded, type Connection, type Limits, type Publisher } from './publisher.ts';

interface Line {
  topic: string;
  waiting: Caller[];
  inFlight: number;
  sending: boolean;
}

/**
 * Sends at once while fewer than `callsInFlight` calls of a topic are under way; what arrives then is collected and goes together
 * in the next call. So one caller waits for nobody, and load makes calls larger instead of lines longer. Not runtime/batch.ts: that
 * runs one batch at a time, without a bound or a deadline, and tries each caller's by itself whatever the trouble was.
 */
export function createCollector(connection: Connection, changed: Partial<Limits> = {}): Publisher {
  const limits = { ...defaultLimits, ...changed };
  const lines = new Map<string, Line>();
  const unsettled = new Set<Promise<unknown>>();
  const held = { messages: 0, bytes: 0 };
  let closed = false;

  function hold({ messages, bytes }: Caller, sign: 1 | -1): void {
    held.messages += sign * messages.length;
    held.bytes += sign * bytes;
  }

  function fits({ messages, bytes }: Caller): Error | undefined {
    if (closed) return new Error('closed: nothing more is published');
    if (messages.length > limits.callMessages || bytes > limits.callBytes)
      return new RangeError(`${messages.length} messages of ${bytes} bytes do not fit into one Publish call`);
    if (held.messages + messages.length > limits.heldMessages || held.bytes + bytes > limits.heldBytes)
      return new Overloaded(`${held.messages} messages of ${held.bytes} bytes wait for Pub/Sub already`);
    return undefined;
  }

  function drop(line: Line, caller: Caller): void {
    const at = line.waiting.indexOf(caller);
    if (at < 0) return; // In flight: held until its call has ended.
    line.waiting.splice(at, 1);
    hold(caller, -1);
  }

  /** In this turn of the event loop, but after all that came in it: what arrives together goes together, for a quarter less work. */
  function sendSoon(line: Line): void {
    if (line.sending) return;
    line.sending = true;
    setImmediate(send, line);
  }

  function send(line: Line): void {
    line.sending = false;
    while (line.inFlight < limits.callsInFlight && line.waiting.length > 0) {
      line.inFlight++;
      void sendBatch(line, takeBatch(line.waiting, limits));
    }
  }

  async function sendBatch(line: Line, batch: Caller[]): Promise<void> {
    await deliver({ connection, topic: line.topic, attemptMs: limits.attemptMs }, batch);
    for (const caller of batch) hold(caller, -1);
    line.inFlight--;
    sendSoon(line);
  }

  function lineOf(topic: string): Line {
    let line = lines.get(topic);
    if (!line) lines.set(topic, (line = { topic, waiting: [], inFlight: 0, sending: false }));
    return line;
  }

  return {
    async publish(topic, messages) {
      if (messages.length === 0) return;
      const line = lineOf(topic);
      const caller = new Caller(messages, limits.totalMs, (late) => drop(line, late));
      const why = fits(caller);
      if (why) {
        caller.fail(why);
        return caller.done;
      }
      hold(caller, 1);
      line.waiting.push(caller);
      sendSoon(line);
      unsettled.add(caller.done);
      try {
        await caller.done;
      } finally {
        unsettled.delete(caller.done);
      }
    },
    async close() {
      closed = true;
      await Promise.allSettled(unsettled);
      await connection.close();
    },
  };
}

/** As many from the front as fit into one call. One caller's messages stay together: all of a request or none. */
function takeBatch(waiting: Caller[], { callMessages, callBytes }: Limits): Caller[] {
  let [count, messages, bytes] = [0, 0, 0];
  for (const caller of waiting) {
    messages += caller.messages.length;
    bytes += caller.bytes;
    if (count > 0 && (messages > callMessages || bytes > callBytes)) break;
    count++;
  }
  return waiting.splice(0, count);
}
