import type { Command } from 'commander';
import type { ReplayedRecord } from '../../ledger/replay.ts';
import { readConfig } from '../../runtime/config.ts';
import { askLedger } from './ask.ts';
import { planned, type Common, type Planned } from './options.ts';
import { columns } from './table.ts';

interface Options extends Planned {
  journal?: string;
  project?: string;
  partner?: string;
  since?: string;
  until?: string;
  reason?: string;
}

/** `replay` of the journal or the quarantine, and `release`. */
export function addReplayCommands(program: Command, env: NodeJS.ProcessEnv): void {
  planned(
    program
      .command('replay')
      .description(
        "Record what could not be: a partner's quarantine by today's manifest, or the journal of a log",
      )
      .option('--partner <id>', 'its quarantined requests')
      .option('--since <time>', 'received from then on, UTC')
      .option('--until <time>', 'received before, UTC')
      .option('--reason <text>', 'only those with this in a reason: status')
      .option(
        '--journal <file>',
        'a log, or what `gcloud logging read --format=json` prints; - is standard input',
      )
      .option(
        '--project <id>',
        'the journal goes into the topics of this project; else into the data folder',
      ),
  ).action(async (options: Options) => {
    if ((options.journal === undefined) === (options.partner === undefined))
      throw new Error('say either --partner <id>, for its quarantine, or --journal <file>');
    if (options.journal !== undefined) return fromJournal(options.journal, options.project, env);
    await fromQuarantine(options, env);
  });
  // Not `common`, whose --by may be left out: here a person answers for it.
  program
    .command('release')
    .description("Record a refused request as a hint, since a named person says that it is the partner's")
    .argument('<id>', 'of the refused request: linkshare events --topic refused')
    .requiredOption('--reason <sentence>')
    .requiredOption('--by <name>', 'who says so')
    .action(async (id: string, { reason, by }: Common & { reason: string }) => {
      const { outcome } = await askLedger<{ outcome: string }>(env, 'release', { id, reason }, by);
      console.log(outcome);
    });
}

async function fromQuarantine(
  { partner, since, until, reason, plan, json, by }: Options,
  env: NodeJS.ProcessEnv,
) {
  const results = await askLedger<ReplayedRecord[]>(
    env,
    'replay',
    { partner, since, until, reason, plan },
    by,
  );
  if (json) return console.log(JSON.stringify(results, null, 2));
  if (results.length > 0) console.log(columns(results.map(({ receivedAt, outcome, why, id }) => ({ receivedAt, outcome, id, why })))); // prettier-ignore
  const readable = results.filter(({ outcome }) => outcome !== 'quarantined').length;
  console.log(plan ? `${readable} of ${results.length} would be readable; without --plan they are recorded` : `${readable} of ${results.length} are readable now`); // prettier-ignore
}

async function fromJournal(
  journal: string,
  project: string | undefined,
  env: NodeJS.ProcessEnv,
): Promise<void> {
  const { openFolder, openProject, replayJournal } = await import('../replay.ts');
  const config = readConfig(env);
  await replayJournal(journal, async (named) =>
    project === undefined
      ? openFolder(config, named)
      : openProject(config, { ...env, GOOGLE_CLOUD_PROJECT: project }, named),
  );
}
