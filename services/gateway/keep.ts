import type { ConversionEvent } from '../contract/event.ts';
import type { Outcome } from '../contract/outcome.ts';
import type { Reason } from '../contract/records.ts';
import { carryRaw, type Decision, type Partner } from '../manifest/compile.ts';
import type { Bus } from '../runtime/bus.ts';
import { conversionMessage, quarantineMessage, refusedMessage } from '../runtime/message.ts';
import { Once, type Item } from './once.ts';

/** What became of a request, and what the log and the answer say of it. */
export interface Result {
  outcome: Outcome;
  /** Ids of the events or of the record that it became. */
  ids: string[];
  reasons?: Reason[];
  verified?: boolean;
  why?: string;
}

/** Refused requests that an instance keeps in a minute; beyond that they are counted: whoever guesses must not fill a topic. */
const usualRefusedPerMinute = 600;

/** Keeps what a decision says is to be kept. Rejects if that is not certain within the partner's time. */
export type Keep = (partner: Partner, decision: Decision, now: Date) => Promise<Result>;

export function createKeep(bus: Bus, { refusedPerMinute = usualRefusedPerMinute } = {}): Keep {
  const once = new Once(bus);
  const mayKeepRefused = perMinute(refusedPerMinute);

  async function conversions(events: ConversionEvent[], repeatWindow: number, now: Date): Promise<Result> {
    // With an update time of the partner's the same report is the same for ever; without, an earlier state may have returned.
    const items = events.map(({ id, updatedAt }): Item => ({
      id,
      repeatWithin: updatedAt ? Infinity : repeatWindow,
    }));
    const { raw } = events[0]!;
    const news = await once.publish(
      'conversions',
      items,
      now,
      (ids) =>
      carryRaw(events.filter(({ id }) => ids.has(id)), raw!).map(conversionMessage), // prettier-ignore
    );
    return {
      outcome: news > 0 ? 'kept' : 'repeat',
      ids: items.map(({ id }) => id),
      verified: events[0]!.verified,
    };
  }

  return async (partner, decision, now) => {
    const { repeatWindow: repeatWithin } = partner;
    switch (decision.is) {
      case 'conversions':
        return conversions(decision.events, repeatWithin, now);
      case 'quarantined': {
        const { record } = decision;
        await once.publish('quarantine', [{ id: record.id, repeatWithin }], now, () => [
          quarantineMessage(record),
        ]);
        return {
          outcome: 'quarantined',
          ids: [record.id],
          reasons: record.reasons,
          verified: record.verified,
        };
      }
      case 'refused': {
        const { record, why } = decision;
        if (!record) return { outcome: 'refused', ids: [], why };
        if (!mayKeepRefused(partner.id, now))
          return {
            outcome: 'refused',
            ids: [],
            why: `${why}; not kept: more than ${refusedPerMinute} a minute`,
          };
        await once.publish('refused', [{ id: record.id, repeatWithin }], now, () => [refusedMessage(record)]);
        return { outcome: 'refused', ids: [record.id], why };
      }
      case 'probe':
        return { outcome: 'probe', ids: [], why: decision.why };
    }
  };
}

/** What a request would become, for HEAD: nothing is published. */
export function withoutKeeping(decision: Decision): Result {
  switch (decision.is) {
    case 'conversions':
      return { outcome: 'probe', ids: [], why: 'HEAD' };
    case 'quarantined':
      return {
        outcome: 'quarantined',
        ids: [],
        why: 'HEAD',
        reasons: decision.record.reasons,
        verified: decision.record.verified,
      };
    case 'refused':
      return { outcome: 'refused', ids: [], why: decision.why };
    case 'probe':
      return { outcome: 'probe', ids: [], why: decision.why };
  }
}

/** Counters by name, so that one partner's strangers do not use up another's; they start again each minute; no timer, since Cloud Run gives no CPU between requests. */
function perMinute(most: number): (name: string, now: Date) => boolean {
  let minute = 0;
  const counts = new Map<string, number>();
  return (name, now) => {
    const current = Math.floor(now.getTime() / 60_000);
    if (current !== minute) counts.clear();
    minute = current;
    const count = (counts.get(name) ?? 0) + 1;
    counts.set(name, count);
    return count <= most;
  };
}
