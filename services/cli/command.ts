import { Command, CommanderError, InvalidArgumentError } from 'commander';
import { readConfig } from '../runtime/config.ts';
import { topics } from '../runtime/bus.ts';
import { addDoctor } from './doctor.ts';
import { readEvents } from './events.ts';
import { addLedgerCommands } from './ledger/commands.ts';
import { addDumpCommands } from './ledger/dump.ts';
import { addErasureCommands } from './ledger/erasure.ts';
import { addReplayCommands } from './ledger/replay.ts';
import { exitCodesHelp, wrongUse } from './failure.ts';
import { addLinkShare } from './linkshare/commands.ts';
import { addReconcile } from './reconcile/commands.ts';
import { addSyncCommands } from './sync/commands.ts';
import { addPartnerCommands } from './partner/commands.ts';
import { plainTerminal, type Terminal } from './terminal.ts';

/** Runs `linkshare <arguments>`. Rejects with an error whose message is for the user, and whose `exitCode`, if it has one, is for scripts. */
export async function runCommand(
  args: string[],
  env: NodeJS.ProcessEnv,
  terminal: Terminal = plainTerminal,
): Promise<void> {
  // commander would write what is wrong and end the process; here both are main.ts's.
  let wrong = '';
  const program = new Command('linkshare')
    .description('Partners and what they sent')
    .showHelpAfterError()
    .addHelpText('afterAll', exitCodesHelp)
    .exitOverride()
    .configureOutput({
      writeErr: (text) => (wrong += text),
      writeOut: (text) => console.log(text.trimEnd()),
    });
  addCommands(program, env, terminal);
  try {
    await program.parseAsync(args, { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    if (error.exitCode !== 0) throw wrongUse(wrong.trim(), error);
  }
}

/** The settings are read when a command runs: help needs none. */
function addCommands(program: Command, env: NodeJS.ProcessEnv, terminal: Terminal): void {
  addPartnerCommands(program, env, terminal);
  program
    .command('events')
    .description('Print what was kept, newest first, as JSON')
    .option('--topic <topic>', topics.join(', '), oneOf(topics), 'conversions')
    .option('--last <n>', 'how many', wholeNumber(1, 200), 20)
    .action(async ({ topic, last }: { topic: (typeof topics)[number]; last: number }) => {
      console.log(JSON.stringify(await readEvents(readConfig(env).dataDir, topic, last), null, 2));
    });
  addLedgerCommands(program, env);
  addReplayCommands(program, env);
  addSyncCommands(program, env);
  addReconcile(program, { env, terminal });
  addDumpCommands(program, env);
  addErasureCommands(program, env);
  addDoctor(program, env);
  addLinkShare(program, { env, terminal });
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
