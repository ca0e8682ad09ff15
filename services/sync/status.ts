import type { Partner } from '../manifest/compile.ts';
import type { SyncDatabase } from './database.ts';

/** How a partner's report stands. Times are UTC. */
export interface SyncStatus {
  partner: string;
  from: string;
  account: string;
  /** From where the first run began, all sales before this were taken at least once. */
  takenUntil: string;
  lastRun: string;
  /** `running`, `whole`, or why it did not come to its end. */
  state: string;
}

/** How every partner's report stands, by account. */
export async function syncStatus(db: SyncDatabase, partners: readonly Partner[]): Promise<SyncStatus[]> {
  const cursors = await db.selectFrom('sync_cursors').selectAll().execute();
  const runs = await db.selectFrom('sync_runs').selectAll().execute();
  return partners.flatMap(({ id, report }) =>
    (report?.accounts ?? []).map((account = '') => {
      const cursor = cursors.find((each) => each.partner === id && each.account === account);
      const run = runs.find(({ partner }) => partner === id);
      return {
        partner: id,
        from: report!.from,
        account,
        takenUntil: cursor?.taken_until.toISOString() ?? '',
        lastRun: run?.started_at.toISOString() ?? '',
        state:
          run === undefined ? 'never run' : stateOf({ ...run, why: ofAccount(run.why, account) }, new Date()),
      };
    }),
  );
}

/** Each line of what went wrong begins with the account, where there are several. */
const ofAccount = (why: string | null, account: string) =>
  why === null || account === ''
    ? why
    : (why.split('\n').find((line) => line.startsWith(`${account}: `)) ?? null);

interface Run {
  leased_until: Date | null;
  ended_at: Date | null;
  why: string | null;
}

function stateOf({ leased_until, ended_at, why }: Run, now: Date): string {
  if (leased_until !== null) return leased_until > now ? 'running' : 'ended without a word: the next run makes it good';
  return ended_at === null ? 'ended without a word' : (why ?? 'whole');
} // prettier-ignore
