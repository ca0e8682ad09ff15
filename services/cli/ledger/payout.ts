import type { Command } from 'commander';
import { wrongUse } from '../failure.ts';
import { askLedger } from './ask.ts';
import { listing, planned, showMoved, whole, type Common, type Planned } from './options.ts';
import { addExportCommand } from './exportCommand.ts';
import { addStatementCommands } from './statement.ts';

interface PayoutOptions extends Planned {
  publisher?: string;
  partner?: string;
  offer?: string;
  share?: string;
  percent?: string;
  fixed?: string;
  currency?: string;
  cap?: string;
  minimum?: string;
  hold?: number;
  since?: string;
  until?: string;
}

/** `payout set|unset|rules`, and those of closed months. */
export function addPayoutCommands(program: Command, env: NodeJS.ProcessEnv): void {
  const payout = program
    .command('payout')
    .description('What publishers are paid, and the months that are settled');
  planned(
    payout
      .command('set')
      .description('Another version of what is paid; the one before ends on the day before --since')
      .option('--publisher <id>', 'else for everybody')
      .option('--partner <id>', 'else for sales of any')
      .option('--offer <id>', 'else for any')
      .option('--share <percent>', 'of our commission: 90')
      .option('--percent <percent>', 'of the sale: 2.7')
      .option('--fixed <amount>', 'for each, in --currency')
      .option('--currency <code>', 'of --fixed, --cap and --minimum')
      .option('--cap <amount>', 'the most for one sale')
      .option('--minimum <amount>', 'the least for one sale')
      .option('--hold <days>', 'days after the sale before it is payable', whole)
      .option('--since <day>', 'first day of sales, UTC')
      .option('--until <day>', 'last day of sales, UTC'),
  ).action(async (options: PayoutOptions) => {
    showMoved(
      await askLedger(env, 'payout-set', { rule: ruleOf(options), plan: options.plan }, options.by),
      options.json,
    );
  });
  planned(
    payout
      .command('unset')
      .description('Take a rule out of use; a version that it ended stays ended')
      .argument('<number>', 'of payout rules', whole),
  ).action(async (id: number, { plan, json, by }: Planned) => {
    showMoved(await askLedger(env, 'payout-unset', { id, plan }, by), json);
  });
  listing<Common & { publisher?: string }>(
    payout
      .command('rules')
      .description('What is paid, by number; of a publisher also what is for everybody')
      .option('--publisher <id>'),
    env,
    'payout-rules',
    ({ publisher }) => ({ publisher }),
  );
  addStatementCommands(payout, env);
  addExportCommand(payout, env);
}

function ruleOf({ share, percent, hold, plan: _, json: __, by: ___, ...said }: PayoutOptions) {
  const kinds = Object.entries({ share, percent, fixed: said.fixed }).filter(
    ([, value]) => value !== undefined,
  );
  const [[kind] = []] = kinds;
  if (kind === undefined || kinds.length > 1) throw wrongUse('say one of --share, --percent and --fixed');
  return { ...said, kind, rate: share ?? percent, holdDays: hold };
}
