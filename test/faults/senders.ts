import { Agent } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { rawExchange } from '../support/http.ts';
import type { Book } from './book.ts';
import type { Postback } from './postback.ts';
import type { Random } from './random.ts';

export interface Line {
  book: Book;
  port: () => number;
}

/**
 * Sends a postback once over a connection and notes what its sender is told. Resolves to the status, undefined if the connection broke.
 * Where nobody listens nothing was sent, so there is nothing to note.
 */
export async function sendOnce(
  line: Line,
  { sent, request }: Postback,
  token: string,
  agent: Agent | false = false,
): Promise<number | 'nobody there' | undefined> {
  const { book } = line;
  const seen = book.watch(sent);
  try {
    const { status, headers } = await rawExchange(line.port(), request(token), agent);
    sent.told.push(status);
    if (status === 503 && !headers['retry-after']) book.withoutRetryAfter++;
    return status;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ECONNREFUSED') return 'nobody there';
    sent.told.push('nothing');
    return undefined;
  } finally {
    seen();
  }
}

interface Options extends Line {
  connections: number;
  random: Random;
  /** The next postback, and the token that it goes with, of the sender with this number. */
  next: (random: Random, sender: number) => Postback;
  token: (sender: number) => string;
  /** Milliseconds between a sender's postbacks, at most. */
  pause?: number;
  /** Milliseconds until a 503 is sent again. Networks wait for minutes. */
  retryAfter?: number;
}

export interface Senders {
  /** Resolves when each sender has an end of what it was sending: an answer that is not 503, or none at all. */
  stop(): Promise<void>;
}

/** After so long without an end a sender gives up, and what it knows is what it was told last. */
const patience = 30_000;

/** Each on a connection of its own, one postback after the other; a 503 again until it is none, what was not answered half of the time. */
export function startSenders(options: Options): Senders {
  const { connections, random, next, token, pause = 20, retryAfter = 150 } = options;
  let stopped = false;

  async function deliver(postback: Postback, chance: Random, sender: number, agent: Agent): Promise<void> {
    for (const end = performance.now() + patience; performance.now() < end;) {
      const status = await sendOnce(options, postback, token(sender), agent);
      if (typeof status === 'number' && status !== 503) return;
      if (status === undefined && chance.chance(0.5)) return;
      await sleep(retryAfter / 2 + chance.next() * retryAfter);
    }
  }

  async function run(chance: Random, sender: number): Promise<void> {
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    while (!stopped) {
      await deliver(next(chance, sender), chance, sender, agent);
      await sleep(chance.next() * pause);
    }
    agent.destroy();
  }

  const all = Promise.all(Array.from({ length: connections }, (_, sender) => run(random.fork(), sender)));
  return {
    async stop() {
      stopped = true;
      await all;
    },
  };
}
