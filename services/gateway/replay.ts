import express, { Router } from 'express';
import { z } from 'zod';
import type { Outcome } from '../contract/outcome.ts';
import type { Partner } from '../manifest/compile.ts';
import type { Bus } from '../runtime/bus.ts';
import type { Secrets } from '../runtime/secrets.ts';
import { decideAgain, journalEntry, type JournalEntry } from './journal.ts';
import { createKeep, withoutKeeping } from './keep.ts';

/** What became of a line of the journal. `failed`: nothing was kept; mend what `why` says and replay it again. */
export interface Replayed {
  partner?: string;
  receivedAt?: string;
  outcome: Outcome | 'failed';
  ids: string[];
  why?: string;
}

export interface ReplayParts {
  partners: readonly Partner[];
  bus: Bus;
  secrets: Pick<Secrets, 'live'>;
}

/**
 * Replays lines of the journal: each is decided as it would have been and kept. Harmless to repeat, since the ids are the same again.
 * Resolves to one result per line, in their order; never rejects.
 */
export function createReplay({ partners, bus, secrets }: ReplayParts) {
  const keep = createKeep(asOfThen(bus), { refusedPerMinute: Infinity });

  async function replayEntry(entry: JournalEntry): Promise<Replayed> {
    const { partner: id, receivedAt } = entry;
    const partner = partners.find((each) => each.id === id);
    if (!partner) throw new Error(`there is no partner "${id}" here`);
    const decision = decideAgain(partner, entry, (name) => secrets.live(id, name));
    const { outcome, ids, why, reasons } =
      entry.request.method === 'HEAD'
        ? withoutKeeping(decision)
        : await keep(partner, decision, new Date(receivedAt));
    const said = why ?? reasons?.map(({ field, why }) => `${field} ${why}`).join('; ');
    return { partner: id, receivedAt, outcome, ids, ...(said !== undefined && { why: said }) };
  }

  async function replayLine(line: unknown): Promise<Replayed> {
    const { success, data, error } = journalEntry.safeParse(line);
    if (!success)
      return { outcome: 'failed', ids: [], why: `no line of the journal: ${z.prettifyError(error)}` };
    return replayEntry(data).catch((error: unknown): Replayed => ({
      partner: data.partner,
      receivedAt: data.receivedAt,
      outcome: 'failed',
      ids: [],
      why: String(error),
    }));
  }

  // In the order in which they came: a state that returns is news only after the one between.
  return async (lines: readonly unknown[]): Promise<Replayed[]> => {
    const results = new Map<unknown, Promise<Replayed>>();
    for (const line of [...lines].sort(byTime)) results.set(line, replayLine(line));
    return Promise.all(lines.map((line) => results.get(line)!));
  };
}

const byTime = (a: unknown, b: unknown) => (timeOf(a) < timeOf(b) ? -1 : timeOf(a) > timeOf(b) ? 1 : 0);

const timeOf = (line: unknown) => String((line as { receivedAt?: unknown } | null)?.receivedAt);

/** The bus, which remembers what is replayed as kept when it came, and not now: else what came hours later would be its late retry. */
function asOfThen(bus: Bus): Bus {
  const kept = new Map<string, Date>();
  return {
    ...bus,
    async publish(topic, messages) {
      await bus.publish(topic, messages);
      for (const { id, attributes } of messages) kept.set(`${topic} ${id}`, new Date(attributes['ce-time']!));
    },
    async lastKept(topic, ids) {
      const known = await bus.lastKept(topic, ids);
      for (const id of ids) {
        const then = kept.get(`${topic} ${id}`);
        if (then) known.set(id, then);
      }
      return known;
    },
  };
}

/** Characters of JSON that are sent to a running server at once, but for the last line; it takes some more. */
const replayAtOnce = 4_000_000;

/** Lines in parts that a running server takes. */
export function inParts(lines: readonly unknown[]): unknown[][] {
  const parts: unknown[][] = [];
  let room = 0;
  for (const line of lines) {
    if (room <= 0) {
      parts.push([]);
      room = replayAtOnce;
    }
    parts.at(-1)!.push(line);
    room -= JSON.stringify(line).length;
  }
  return parts;
}

/** `POST /replay`, a JSON list of lines of the journal, for the socket of a running server: who can reach that may do anything. */
export function replayRoute(parts: ReplayParts): Router {
  const replay = createReplay(parts);
  return Router().post('/replay', express.json({ limit: '32mb' }), async (request, response) => {
    response.writeHead(200, { 'content-type': 'application/json' });
    response.end(JSON.stringify(await replay(request.body as unknown[])));
  });
}
