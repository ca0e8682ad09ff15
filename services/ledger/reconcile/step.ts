import type { Partner } from '../../manifest/compile.ts';
import type { LiveSecrets } from '../../manifest/verify/proof.ts';
import type { Trx } from '../audit.ts';
import { lockRun } from './begin.ts';
import { compareConversions } from './compareConversions.ts';
import { compareRows, type Page } from './compareRows.ts';
import type { About, Difference } from './difference.ts';
import { findWaiting } from './findWaiting.ts';
import { margin, momentsOf } from './period.ts';
import { count, type Summary } from './summary.ts';
import { phases, type Phase } from './tables.ts';

/** Sales that are compared at once: all the memory that a run needs, and as long as others wait for an embedded database. */
const usualPage = 500;

export interface Progress {
  phase: Phase;
  summary: Summary;
}

interface Around {
  partner: Partner;
  liveSecrets: LiveSecrets;
  repeatWindow: number;
  limit?: number;
}

type Run = Awaited<ReturnType<typeof lockRun>>;

/** The report was read: to its end, or `brokeOff` says why not. */
export async function endReport(trx: Trx, run: number, brokeOff?: string): Promise<void> {
  const { phase } = await lockRun(trx, run);
  if (phase !== 'report') throw new Error(`reconciliation ${run} compares already: begin another one`);
  await trx
    .updateTable('reconcile_runs')
    .set({ complete: brokeOff === undefined, broke_off: brokeOff ?? null, phase: 'quarantine', place: '' })
    .where('id', '=', run)
    .execute();
}

/** Goes on with a run by one page, in one transaction: after a crash it goes on from there. Done when it says so. */
export async function stepRun(trx: Trx, id: number, around: Around): Promise<Progress> {
  const run = await lockRun(trx, id);
  const summary = JSON.parse(run.summary) as Summary;
  if (run.phase === 'done') return { phase: 'done', summary };
  const { agreed, found, place } = await nextPage(trx, run, around);
  await keep(trx, id, found, summary.compared - summary.agreed);
  const next = { phase: place === undefined ? after(run.phase) : run.phase, summary: count(summary, { agreed, found }) }; // prettier-ignore
  await trx
    .updateTable('reconcile_runs')
    .set({
      phase: next.phase,
      place: place ?? '',
      summary: JSON.stringify(next.summary),
      done_at: next.phase === 'done' ? new Date() : null,
    })
    .where('id', '=', id)
    .execute();
  return next;
}

const after = (phase: Phase): Phase => phases[phases.indexOf(phase) + 1]!;

async function nextPage(trx: Trx, run: Run, around: Around): Promise<Page> {
  const { id, period, place, phase } = run;
  const { partner, liveSecrets, repeatWindow, limit = usualPage } = around;
  if (phase === 'report') throw new Error('the report is not read to its end yet');
  const { since } = momentsOf(period, margin);
  const asked = { run: id, place, limit, period, since };
  if (phase === 'quarantine' || phase === 'refused')
    return { agreed: 0, found: [], place: await findWaiting(trx, phase, { ...asked, partner, liveSecrets }) };
  const isTesting = partner.manifest.stage === 'test';
  const about: About = { zone: period.zone, repeatWindow, isTesting, isComplete: run.complete === true };
  const compare = phase === 'rows' ? compareRows : compareConversions;
  return compare(trx, { ...asked, partner: partner.id }, about);
}

async function keep(trx: Trx, run: number, found: readonly Difference[], known: number): Promise<void> {
  const rows = found.map(({ heal, ...difference }, i) => ({
    run,
    n: known + i + 1,
    data: JSON.stringify(difference),
    heal: heal ? JSON.stringify(heal) : null,
  }));
  if (rows.length > 0) await trx.insertInto('reconcile_differences').values(rows).execute();
}
