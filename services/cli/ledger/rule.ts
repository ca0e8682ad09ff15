import type { Command } from 'commander';
import { askLedger } from './ask.ts';
import { planned, showMoved, whole, type Planned } from './options.ts';

interface RuleOptions extends Planned {
  partner?: string;
  priority?: number;
  since?: string;
  until?: string;
}

/** `publisher rule` and `unrule`: how a publisher is recognised. */
export function addRuleCommands(publisher: Command, env: NodeJS.ProcessEnv): void {
  planned(
    publisher
      .command('rule')
      .description('A sub id (exact), how one begins (prefix), a pattern with *, or an offer that is theirs')
      .argument('<publisher>')
      .argument('<kind>', 'exact, prefix, pattern or offer')
      .argument('<value>')
      .option('--partner <id>', 'of this partner only')
      .option('--priority <n>', 'among prefixes and patterns the highest counts', whole)
      .option('--since <day>', 'first day of sales, UTC')
      .option('--until <day>', 'last day of sales, UTC'),
  ).action(async (id: string, kind: string, value: string, options: RuleOptions) => {
    const { plan, json, by, ...rest } = options;
    showMoved(
      await askLedger(env, 'rule-add', { rule: { publisher: id, kind, value, ...rest }, plan }, by),
      json,
    );
  });
  planned(
    publisher.command('unrule').description('Remove a rule').argument('<number>', 'of publisher show', whole),
  ).action(async (id: number, { plan, json, by }: Planned) => {
    showMoved(await askLedger(env, 'rule-remove', { id, plan }, by), json);
  });
}
