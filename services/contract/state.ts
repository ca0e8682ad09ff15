import type { ConversionEvent } from './event.ts';
import { hash } from './id.ts';
import { Sums } from './sums.ts';

/** What is true of a conversion now: the newest value of each field that its trusted events brought. */
export type ConversionState = Omit<ConversionEvent, 'version' | 'id' | 'raw' | 'rawIn' | 'adds'>;

/**
 * Folds a conversion's history into its state. The order in which events are given, and repetitions of them, make no difference.
 *
 * - A report or a verified postback replaces whatever unverified postbacks said; those never change a verified conversion.
 * - Events apply by the partner's update time, else by the time received, then by id.
 * - What equals the current state adds nothing; a field that an event does not bring stays as it was.
 * - An earlier state that returns applies if its update time is newer or, where none is sent, if it came more than `repeatWindow`
 *   milliseconds after it was last kept: before that it is a late retry, and retries do not put its return off. A report is none: it is
 *   asked for, and says how a sale stands at that moment.
 * - Without an update time `pending` never overwrites a decision.
 * - What an event adds is added to the amounts, once for each text in `adds`, and counts even where its status does not: see sums.ts.
 *
 * Undefined for an empty history.
 */
export function fold(history: readonly ConversionEvent[], repeatWindow: number): ConversionState | undefined {
  const trusted = history.filter((event) => event.verified || event.via === 'report');
  const events = trusted.length > 0 ? trusted : history;
  const lastSeen = new Map<string, number>();
  const sums = new Sums();
  let state: ConversionState | undefined;
  for (const event of [...events].sort(inOrder)) {
    const reported = hash([event.adds, whatItSays(stateOf(event))]);
    const seen = lastSeen.get(reported);
    const received = Date.parse(event.receivedAt);
    const isRetry = event.via === 'postback' && seen !== undefined && received - seen <= repeatWindow;
    if (!isRetry) lastSeen.set(reported, received);
    const isNews = !state || applies(event, state, isRetry);
    if (!isNews && event.adds === undefined) continue;
    const says = state && (event.status === 'adjusted' || !isNews) ? withStatusOf(state, event) : event;
    const next = { ...merge(state, says), ...sums.after(event) };
    if (!state || hash(whatItSays(next)) !== hash(whatItSays(state))) state = next;
  }
  return state;
}

function applies(event: ConversionEvent, state: ConversionState, isRetry: boolean): boolean {
  if (event.updatedAt) return true;
  if (event.status === 'pending' && !['pending', 'adjusted'].includes(state.status)) return false;
  return !isRetry;
}

function withStatusOf({ status, partnerStatus }: ConversionState, event: ConversionEvent): ConversionEvent {
  const { partnerStatus: _, ...rest } = event;
  return { ...rest, status, ...(partnerStatus !== undefined && { partnerStatus }) };
}

function inOrder(a: ConversionEvent, b: ConversionEvent): number {
  return (
    compare(a.updatedAt ?? a.receivedAt, b.updatedAt ?? b.receivedAt) ||
    compare(a.id, b.id) ||
    compare(a.receivedAt, b.receivedAt) ||
    compare(hash(a.extra), hash(b.extra))
  );
}

const compare = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0);

/** A state without the circumstances of its report: two that say the same are the same state. */
function whatItSays(event: ConversionState) {
  const { receivedAt, updatedAt, via, verified, extra, ...says } = event;
  return says;
}

function stateOf(event: ConversionEvent): ConversionState {
  const { version, id, raw, rawIn, adds, ...state } = event;
  return state;
}

function merge(state: ConversionState | undefined, event: ConversionEvent): ConversionState {
  const brought = stateOf(event);
  const subIds = mergeSubIds(state?.subIds ?? [], event.subIds);
  const offer = mergeParts(state?.offer, event.offer);
  const product = mergeParts(state?.product, event.product);
  return {
    ...state,
    ...brought,
    ...(offer && { offer }),
    ...(product && { product }),
    subIds,
    extra: { ...state?.extra, ...event.extra },
  };
}

/** A part that is not brought stays, unless what it describes is another thing now. */
function mergeParts<T extends { id?: string | undefined }>(
  old: T | undefined,
  brought: T | undefined,
): T | undefined {
  const isAnother = old?.id !== undefined && brought?.id !== undefined && old.id !== brought.id;
  return old && brought && !isAnother ? { ...old, ...brought } : (brought ?? old);
}

function mergeSubIds(old: string[], brought: string[]): string[] {
  const slots = Math.max(old.length, brought.length);
  return Array.from({ length: slots }, (_, slot) => brought[slot] || old[slot] || '');
}
