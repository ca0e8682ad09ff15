import express, { Router } from 'express';
import { z } from 'zod';
import type { Outcome } from '../contract/outcome.ts';
import type { Partner } from '../manifest/compile.ts';
import type { Bus } from '../runtime/bus.ts';
import type { Secrets } from '../runtime/secrets.ts';
import { decideAgain, journalEntry, type JournalEntry } from './journal.ts';
import { createKeep } from './keep.ts';

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
  const keep = createKeep(bus, { refusedPerMinute: Infinity });

  async function replayEntry(entry: JournalEntry): Promise<Replayed> {
    const { partner: id, receivedAt } = entry;
    const partner = partners.find((each) => each.id === id);
    if (!partner) throw new Error(`there is no partner "${id}" here`);
    const decision = decideAgain(partner, entry, (name) => secrets.live(id, name));
    const { outcome, ids, why, reasons } = await keep(partner, decision, new Date(receivedAt));
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

  return (lines: readonly unknown[]): Promise<Replayed[]> => Promise.all(lines.map(replayLine));
}

/** Lines that are sent to a running server at once: together they are smaller than it takes. */
export const replayAtOnce = 50;

/** `POST /replay`, a JSON list of lines of the journal, for the socket of a running server: who can reach that may do anything. */
export function replayRoute(parts: ReplayParts): Router {
  const replay = createReplay(parts);
  return Router().post('/replay', express.json({ limit: '32mb' }), async (request, response) => {
    response.writeHead(200, { 'content-type': 'application/json' });
    response.end(JSON.stringify(await replay(request.body as unknown[])));
  });
}
