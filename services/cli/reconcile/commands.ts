import type { Command } from 'commander';
import type { Reconciliation } from '../../ledger/reconcile/list.ts';
import { openScreen, type Here } from '../linkshare/screen.ts';
import { withLedger } from '../ledger/session.ts';
import { partnersOf } from './partners.ts';
import { printRuns } from './print.ts';
import { reconcile } from './run.ts';

/** What `reconcile` can be told. */
export interface Options {
  partner?: string;
  from?: string;
  to?: string;
  days?: string;
  zone?: string;
  file?: string;
  account?: string;
  heal?: boolean;
  plan?: boolean;
  json?: boolean;
  csv?: string;
  all?: boolean;
  threshold: string;
  untold: string;
  project?: string;
  by?: string;
}

/** `reconcile` and `reconcile list`. */
export function addReconcile(program: Command, here: Here): void {
  const command = program
    .command('reconcile')
    .description(
      "Compare what postbacks said with what a partner's report says: every difference with its reason and what mends it",
    )
    .option('--partner <id>')
    .option('--from <day>', 'first day of sales, in the zone of the partner: 2026-10-01')
    .option('--to <day>', 'last day of sales')
    .option('--days <n>', 'instead of both: the last n days before today')
    .option('--zone <name>', 'in which days are cut: Asia/Kuala_Lumpur; else as the manifest says')
    .option('--file <report>', 'a report that was downloaded, .csv, .json or .jsonl; else it is fetched')
    .option('--account <name>', 'whose file it is, where we have several accounts')
    .option('--heal', "publish the report's rows where the ledger says otherwise")
    .option('--plan', 'with --heal: only show what it would do')
    .option('--json', 'for scripts')
    .option('--csv <file>', 'write every difference to a file for Excel')
    .option('--all', 'print every difference, not the first twenty')
    .option('--threshold <n>', 'how many sales, or what share, may differ and not be healed', '1%')
    .option('--untold <n>', 'how many sales, or what share, no postback may have told, healed or not', '20%')
    .option('--project <id>', 'as a job of this project: log one line, and heal by its topics')
    .option('--by <name>', 'who does it, for the audit; else the user of this machine')
    .action((options: Options) => reconcile(options, here));
  command
    .command('list')
    .description('The last reconciliations')
    .option('--last <n>', 'how many', '10')
    .action(async (options: { last: string }, sub: Command) => list({ ...sub.optsWithGlobals<Options>(), ...options }, here)); // prettier-ignore
}

async function list({ partner, json, last, by }: Options & { last: string }, { env, terminal }: Here) {
  const runs = await withLedger({ env, partners: partnersOf(env), who: by }, (ask) =>
    ask<Reconciliation[]>('reconcile-list', { partner, last: Number(last) }),
  );
  const text = runs.length === 0 ? 'none yet' : printRuns(runs);
  openScreen(terminal).print(json ? JSON.stringify(runs, null, 2) : text);
}
