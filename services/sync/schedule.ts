import type { Partner } from '../manifest/compile.ts';
import { Busy } from './lease.ts';
import { runSync, type RunParts } from './run.ts';

export interface Schedule {
  /** Begins no more runs, and ends the one under way; what it has kept stays kept. */
  stop(): Promise<void>;
}

/** Milliseconds until a report is fetched for the first time: who starts LinkShare to look at something else is left alone. */
const afterStart = 60_000;

/**
 * Fetches the reports of partners whose secrets are there, each as often as its manifest says; of the others it says once what is missing.
 * For a local run: in the cloud each is a job of its own, with a schedule of its own.
 */
export async function startSchedule(
  partners: readonly Partner[],
  parts: Omit<RunParts, 'signal'>,
  first = afterStart,
): Promise<Schedule> {
  const stopping = new AbortController();
  const timers = new Set<NodeJS.Timeout>();
  const running = new Set<Promise<void>>();

  function plan(partner: Partner, ms: number): void {
    const timer = setTimeout(() => {
      timers.delete(timer);
      const run = runOnce(partner, { ...parts, signal: stopping.signal }).finally(() => running.delete(run));
      running.add(run);
      plan(partner, partner.report!.every!);
    }, ms).unref();
    timers.add(timer);
  }

  for (const partner of partners.filter(({ report }) => report?.every !== undefined)) {
    const why = await missingIn(partner, parts);
    if (why === undefined) plan(partner, first);
    else parts.log.info('report off', { partner: partner.id, why });
  }
  return {
    async stop() {
      stopping.abort();
      for (const timer of timers) clearTimeout(timer);
      await Promise.all(running);
    },
  };
}

/** What failed is in the log and in `sync status`; the next run makes it good. */
async function runOnce(partner: Partner, parts: RunParts): Promise<void> {
  await runSync(partner, {}, parts).catch((error: unknown) => {
    const why = (error as Error).message;
    if (error instanceof Busy) parts.log.info('report left to another run', { partner: partner.id, why });
    else parts.log.error('report not taken', { partner: partner.id, why });
  });
}

async function missingIn({ id, report }: Partner, { secrets }: Pick<RunParts, 'secrets'>): Promise<string | undefined> {
  for (const name of report!.secretNames)
    try {
      await secrets.read(id, name);
    } catch (error) {
      return (error as Error).message;
    }
  return undefined;
} // prettier-ignore
