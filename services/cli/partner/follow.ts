import { setTimeout as sleep } from 'node:timers/promises';
import type { Decision } from '../../manifest/compile.ts';
import type { Topic } from '../../runtime/bus.ts';
import { askServer } from '../../runtime/embedded/lock.ts';

export interface Followed {
  outcome: 'kept' | 'repeat' | 'quarantined' | 'refused' | 'probe' | 'not found';
  /** Ids of what it became. */
  ids: string[];
  /** Milliseconds from its sending until it was kept. */
  keptAfter?: number;
}

interface Message {
  id: string;
  keptAt: string;
  data: { raw?: { query?: string; body?: string } };
}

/** Milliseconds in which what was answered must be found: it was kept before it was answered. */
const patience = 5_000;

const topicOf = { conversions: 'conversions', quarantined: 'quarantine', refused: 'refused' } as const;

/** Looks in the running server for what a request became. `decision` is what it should become; it was sent at `sent`. */
export async function follow(dataDir: string, decision: Decision, sent: Date): Promise<Followed> {
  if (decision.is === 'probe') return { outcome: 'probe', ids: [] };
  for (const until = Date.now() + patience; Date.now() < until; await sleep(100)) {
    const messages = await recent(dataDir, topicOf[decision.is]);
    const found = messages.filter((message) => isIt(message, decision));
    if (found.length > 0) return told(decision, found, sent);
  }
  return { outcome: 'not found', ids: [] };
}

async function recent(dataDir: string, topic: Topic): Promise<Message[]> {
  return ((await askServer(dataDir, `/events?topic=${topic}&limit=200`)) ?? []) as Message[];
}

/** An event has the same id everywhere; the record of a request that could not be read holds headers that were added on the way. */
function isIt({ id, data }: Message, decision: Exclude<Decision, { is: 'probe' }>): boolean {
  if (decision.is === 'conversions') return decision.events.some((event) => event.id === id);
  const raw = decision.record?.raw;
  return raw !== undefined && data.raw?.query === raw.query && data.raw?.body === raw.body;
}

function told(decision: Exclude<Decision, { is: 'probe' }>, found: Message[], sent: Date): Followed {
  const fresh = found.filter(({ keptAt }) => Date.parse(keptAt) >= sent.getTime());
  const ids = [...new Set((fresh.length > 0 ? fresh : found).map(({ id }) => id))];
  if (decision.is !== 'conversions') return { outcome: decision.is, ids };
  if (fresh.length === 0) return { outcome: 'repeat', ids };
  const kept = Math.max(...fresh.map(({ keptAt }) => Date.parse(keptAt)));
  return { outcome: 'kept', ids, keptAfter: kept - sent.getTime() };
}
