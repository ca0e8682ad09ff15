import type { Log } from '../../runtime/log.ts';
import { createCloudLog } from '../../runtime/google/log.ts';
import { exitCodes, Failure, wrongUse } from '../failure.ts';
import { withProject } from '../ledger/publish.ts';
import { withLedger, type Ask } from '../ledger/session.ts';
import { openScreen, type Here, type Screen } from '../linkshare/screen.ts';
import { addReport, compareAll, differencesOf, healAll, type Begun, type Compared } from './compare.ts';
import type { Options } from './commands.ts';
import { writeCsv } from './csv.ts';
import { daysOf } from './days.ts';
import { pastLimits, readLimit, type Limits } from './limits.ts';
import { logReconciled } from './logged.ts';
import { comparable, partnersOf } from './partners.ts';
import { printAll, printJson } from './printAll.ts';
import { printHealed } from './print.ts';
import { reportOf } from './report.ts';

/**
 * `linkshare reconcile`. Rejects with exit code 1 where more differs than may, or the report is not whole, after all was said; with 2 where
 * it was called in a way that makes no sense.
 */
export async function reconcile(options: Options, here: Here): Promise<void> {
  const { env } = here;
  const limits = { threshold: readLimit(options.threshold), untold: readLimit(options.untold) };
  if (options.plan && !options.heal) throw wrongUse('--plan goes with --heal');
  const partners = partnersOf(env);
  const partner = comparable(partners, options.partner);
  const days = daysOf(options, partner, new Date());
  const pages = reportOf(options, partner, here);
  const work = {
    options,
    limits,
    name: partner.manifest.name,
    days: { partner: partner.id, ...days },
    pages,
  };
  const asking = { env, partners, who: options.by };
  if (options.project === undefined)
    return withLedger(asking, (ask) => compareAndTell(ask, work, openScreen(here.terminal)));
  const log = createCloudLog({ projectId: options.project, service: 'reconcile' });
  const job = openScreen(here.terminal);
  await withProject(env, options.project, (publish) =>
    withLedger({ ...asking, publish }, (ask) => compareAndTell(ask, { ...work, log }, job)),
  ).finally(() => log.close());
}

interface Work {
  options: Options;
  limits: Limits;
  name: string;
  days: { partner: string; from: string; to: string; zone: string };
  pages: ReturnType<typeof reportOf>;
  /** Where it is a job: what it has to say goes there. */
  log?: Log;
}

async function compareAndTell(ask: Ask, work: Work, screen: Screen): Promise<void> {
  const { options, log } = work;
  const watch = (done: number, what: string) => log ?? screen.progress(done, undefined, what);
  const begun = { ...work.days, ...(await ask<Begun>('reconcile-begin', work.days)) };
  const brokeOff = await addReport(ask, begun, work.pages(begun), watch);
  const first = { ...begun, brokeOff, summary: await compareAll(ask, begun.run, watch) };
  if (options.csv !== undefined) await writeCsv(options.csv, differencesOf(ask, begun.run));
  if (!log && !options.json) await printAll(ask, work, first, screen);
  const last = options.heal ? await heal(ask, work, first, screen) : first;
  if (!log && options.json) await printJson(ask, last, screen, pastLimits(last.summary, work.limits));
  if (log) logReconciled(log, { partner: work.days.partner, ...last }, work.limits);
  judge(last, work, screen);
}

/** Heals what healing covers and compares again. Where it goes by a project's topics, the ledger hears of it later: then it is not looked at again. */
async function heal(ask: Ask, { options, log, name }: Work, compared: Compared, screen: Screen): Promise<Compared> {
  const plan = await healAll(ask, compared.run, true);
  if (!log && !options.json) screen.print(`\n${printHealed(plan, { plan: true })}`);
  if (options.plan || plan.events === 0) return compared;
  await healAll(ask, compared.run, false);
  if (log) {
    log.info('healed', { partner: options.partner, ...plan });
    return compared;
  }
  const { run } = await ask<{ run: number }>('reconcile-again', { run: compared.run });
  const after = { ...compared, run, summary: await compareAll(ask, run, () => undefined) };
  if (!options.json) screen.print(`Healed. ${name}: ${after.summary.open} sales are open now.`);
  return after;
} // prettier-ignore

/** What scripts see. Everything is said already but why. */
function judge({ summary, brokeOff }: Compared, { limits, log }: Work, screen: Screen): void {
  const past = [...pastLimits(summary, limits), ...(brokeOff === undefined ? [] : [`the report is not whole: ${brokeOff}`])]; // prettier-ignore
  if (past.length === 0) return;
  if (!log) for (const each of past) screen.note(each);
  throw new Failure('', { exitCode: exitCodes.problems });
}
