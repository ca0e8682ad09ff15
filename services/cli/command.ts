import { Command, CommanderError, InvalidArgumentError } from 'commander';
import { readConfig } from '../runtime/config.ts';
import { topics } from '../runtime/bus.ts';
import { readEvents } from './events.ts';
import { addLedgerCommands } from './ledger/commands.ts';
import { checkPartners, printUrl } from './partner.ts';

/** Runs `linkshare <arguments>`. Rejects with an error whose message is for the user. */
export async function runCommand(args: string[], env: NodeJS.ProcessEnv): Promise<void> {
  // commander would write what is wrong and end the process; here both are main.ts's.
  let wrong = '';
  const program = new Command('linkshare')
    .description('Partners and what they sent')
    .showHelpAfterError()
    .exitOverride()
    .configureOutput({
      writeErr: (text) => (wrong += text),
      writeOut: (text) => console.log(text.trimEnd()),
    });
  addCommands(program, env);
  try {
    await program.parseAsync(args, { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    if (error.exitCode !== 0) throw new Error(wrong.trim(), { cause: error });
  }
}

/** The settings are read when a command runs: help needs none. */
function addCommands(program: Command, env: NodeJS.ProcessEnv): void {
  const partner = program.command('partner').description('Work on partner manifests');
  partner
    .command('check')
    .description('Check one manifest and its examples, or all')
    .argument('[id]')
    .action((id?: string) => checkPartners(readConfig(env), id));
  partner
    .command('url')
    .description("Print the URL to paste into the partner's console, with its secret")
    .argument('<id>')
    .option('--origin <url>', 'our address as the partner calls it; else this machine', origin)
    .action((id: string, { origin }: { origin?: string }) => printUrl(readConfig(env), id, origin));
  program
    .command('events')
    .description('Print what was kept, newest first, as JSON')
    .option('--topic <topic>', topics.join(', '), oneOf(topics), 'conversions')
    .option('--last <n>', 'how many', wholeNumber(1, 200), 20)
    .action(async ({ topic, last }: { topic: (typeof topics)[number]; last: number }) => {
      console.log(JSON.stringify(await readEvents(readConfig(env).dataDir, topic, last), null, 2));
    });
  addLedgerCommands(program, env);
  program
    .command('replay')
    .description('Keep what could not be kept when it came: the journal in the log of a gateway')
    .requiredOption(
      '--journal <file>',
      'lines of the log, or what `gcloud logging read --format=json` prints; - is standard input',
    ) // prettier-ignore
    .option('--project <id>', 'into the topics of this Google Cloud project; else into the data folder')
    .action(async ({ journal, project }: { journal: string; project?: string }) => {
      const { openFolder, openProject, replayJournal } = await import('./replay.ts');
      const config = readConfig(env);
      await replayJournal(journal, async (named) =>
        project === undefined
          ? openFolder(config, named)
          : openProject(config, { ...env, GOOGLE_CLOUD_PROJECT: project }, named),
      );
    });
}

/** What is pasted into a partner's console is tried by real sales first: `go.example.com` or a path would be lost ones. */
function origin(text: string): string {
  const url = URL.parse(text);
  if (!url || !['http:', 'https:'].includes(url.protocol) || url.href !== `${url.origin}/`)
    throw new InvalidArgumentError('It is like https://go.example.com.');
  return url.origin;
}

const oneOf =
  <T extends string>(choices: readonly T[]) =>
  (text: string): T => {
    const choice = choices.find((each) => each === text);
    if (!choice) throw new InvalidArgumentError(`It is one of ${choices.join(', ')}.`);
    return choice;
  };

const wholeNumber = (least: number, most: number) => (text: string) => {
  const number = /^\d+$/.test(text) ? Number(text) : NaN;
  if (!(number >= least && number <= most))
    throw new InvalidArgumentError(`It is a whole number from ${least} to ${most}.`);
  return number;
};
