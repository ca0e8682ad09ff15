import type { Command } from 'commander';
import { addPayoutCommands } from './payout.ts';
import { addPostbackCommands } from './postback.ts';
import { addBookCommands } from './book/commands.ts';
import { addPublisherCommands } from './publisher.ts';
import { addRateCommands } from './rate.ts';
import { addRuleCommands } from './rule.ts';

/** `publisher …`, `payout …` and `rate …`. */
export function addLedgerCommands(program: Command, env: NodeJS.ProcessEnv): void {
  const publisher = program
    .command('publisher')
    .description('Who brings the shoppers, and how they are recognised');
  addPublisherCommands(publisher, env);
  addRuleCommands(publisher, env);
  addBookCommands(publisher, env);
  addPostbackCommands(publisher, env);
  addPayoutCommands(program, env);
  addRateCommands(program, env);
}
