import type { ConversionEvent } from '../../contract/event.ts';
import type { QuarantineRecord } from '../../contract/records.ts';
import type { Healed } from '../../ledger/reconcile/heal.ts';
import type { Difference } from '../../ledger/reconcile/difference.ts';
import type { Progress } from '../../ledger/reconcile/step.ts';
import type { Summary } from '../../ledger/reconcile/summary.ts';
import type { Ask } from '../ledger/session.ts';

/** A page of a report, read. */
export interface ReportPage {
  events: ConversionEvent[];
  quarantined: QuarantineRecord[];
}

export interface Begun {
  run: number;
  from: string;
  to: string;
  zone: string;
  since: string;
  until: string;
}

export interface Compared extends Begun {
  summary: Summary;
  /** Why the report was not read to its end. */
  brokeOff: string | undefined;
}

export type Found = Difference & { n: number; canHeal: boolean };

type Watch = (done: number, what: string) => void;

/** Events that go to the ledger at once. */
const atOnce = 500;

/** Reads the report into the ledger's tables, page by page. One that breaks off is compared as far as it goes, and says so. */
export async function addReport(
  ask: Ask,
  { run }: Begun,
  pages: AsyncIterable<ReportPage>,
  watch: Watch,
): Promise<string | undefined> {
  let rows = 0;
  const add = async ({ events, quarantined }: ReportPage) => {
    for (let at = 0; at < Math.max(events.length, 1); at += atOnce)
      await ask('reconcile-add', { run, events: events.slice(at, at + atOnce), unreadable: at === 0 ? quarantined : [] }); // prettier-ignore
    rows += events.length;
    watch(rows, 'rows of the report read');
  };
  const brokeOff = await whyBrokeOff(pages, add);
  await ask('reconcile-end', { run, brokeOff });
  return brokeOff;
}

async function whyBrokeOff(
  pages: AsyncIterable<ReportPage>,
  add: (page: ReportPage) => Promise<void>,
): Promise<string | undefined> {
  const each = pages[Symbol.asyncIterator]();
  for (;;) {
    // Only what the network's side throws breaks the report off; what the ledger says ends the command.
    const next = await each.next().catch((error: unknown) => ({ failed: String((error as Error).message) }));
    if ('failed' in next) return next.failed || 'it failed without a word';
    if (next.done) return undefined;
    await add(next.value);
  }
}

/** Compares to the end. */
export async function compareAll(ask: Ask, run: number, watch: Watch): Promise<Summary> {
  for (;;) {
    const { phase, summary } = await ask<Progress>('reconcile-step', { run });
    watch(summary.compared, 'sales compared');
    if (phase === 'done') return summary;
  }
}

/** All that a run found, by pages. */
export async function* differencesOf(ask: Ask, run: number): AsyncGenerator<Found[]> {
  for (let place = 0; ;) {
    const page = await ask<Found[]>('reconcile-differences', { run, place });
    if (page.length === 0) return;
    yield page;
    place = page.at(-1)!.n;
  }
}

/** Heals, or with `plan` tells what healing would do; sums over the pages. */
export async function healAll(ask: Ask, run: number, plan: boolean): Promise<Omit<Healed, 'place'>> {
  const sum: Omit<Healed, 'place'> = { events: 0, statuses: [], moves: [] };
  for (let place: number | undefined = 0; place !== undefined;) {
    const page: Healed = await ask<Healed>('reconcile-heal', { run, place, plan });
    sum.events += page.events;
    sum.statuses.push(...page.statuses);
    sum.moves.push(...page.moves);
    place = page.place;
  }
  return { ...sum, statuses: addUp(sum.statuses) };
}

function addUp(statuses: Healed['statuses']): Healed['statuses'] {
  const groups = Map.groupBy(statuses, ({ from, to }) => `${from} ${to}`);
  return [...groups.values()].map((group) => ({
    ...group[0]!,
    conversions: group.reduce((sum, { conversions }) => sum + conversions, 0),
  }));
}
