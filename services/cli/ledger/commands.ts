import type { Command } from 'commander';
import { parse, stringify } from 'yaml';
import type { Moved } from '../../ledger/plan.ts';
import { readText } from '../text.ts';
import { askLedger } from './ask.ts';
import { addPayoutCommands } from './payout.ts';
import { addPostbackCommands } from './postback.ts';
import { columns } from './table.ts';

/** What every command of the ledger can be told. */
export interface Common {
  json?: boolean;
  by?: string;
}

/** `publisher …` and `payout …`. */
export function addLedgerCommands(program: Command, env: NodeJS.ProcessEnv): void {
  const publisher = program
    .command('publisher')
    .description('Who brings the shoppers, and how they are recognised');
  listing(publisher.command('list').description('All publishers, with what they are owed'), env, 'publisher-list', () => ({})); // prettier-ignore
  common(publisher.command('show').description('One publisher, its rules and what was changed last').argument('<id>'))
    .action(async (id: string, { by }: Common) => {
      console.log(stringify(await askLedger(env, 'publisher-show', { id }, by)).trimEnd());
    }); // prettier-ignore
  common(publisher.command('add').description('Add a publisher').argument('<id>').requiredOption('--name <name>'))
    .action(async (id: string, { name, by }: Common & { name: string }) => {
      await askLedger(env, 'publisher-add', { id, name }, by);
      console.log(`${id} is added. How it is recognised: linkshare publisher rule ${id} prefix ${id.toUpperCase()}`);
    }); // prettier-ignore
  common(publisher.command('set').description('Change a name or status').argument('<id>').option('--name <name>').option('--status <status>', 'active, paused or closed'))
    .action(async (id: string, { name, status, by }: Common & { name?: string; status?: string }) => {
      await askLedger(env, 'publisher-set', { id, name, status }, by);
      console.log(`${id} is changed`);
    }); // prettier-ignore
  addRuleCommands(publisher, env);
  common(publisher.command('key').description('Make a key for the reporting API; it is shown once').argument('<id>').argument('<name>'))
    .action(async (id: string, name: string, { by }: Common) => {
      console.log(await askLedger(env, 'key-add', { publisher: id, name }, by));
    }); // prettier-ignore
  common(publisher.command('export').description('All publishers and rules as YAML')).action(
    async ({ by }: Common) => {
      console.log(stringify(await askLedger(env, 'export', {}, by)).trimEnd());
    },
  );
  planned(publisher.command('import').description('Add and change what a YAML or JSON file says; removes nothing').argument('<file>'))
    .action(async (file: string, { plan, json, by }: Planned) => {
      showMoved(await askLedger(env, 'import', { book: parse(await readText(file)) as unknown, plan }, by), json);
    }); // prettier-ignore
  addPostbackCommands(publisher, env);
  addPayoutCommands(program, env);
}

interface RuleOptions extends Planned {
  partner?: string;
  priority?: string;
  since?: string;
  until?: string;
}

function addRuleCommands(publisher: Command, env: NodeJS.ProcessEnv): void {
  planned(
    publisher
      .command('rule')
      .description('A sub id (exact), how one begins (prefix), a pattern with *, or an offer that is theirs')
      .argument('<publisher>')
      .argument('<kind>', 'exact, prefix, pattern or offer')
      .argument('<value>')
      .option('--partner <id>', 'of this partner only')
      .option('--priority <n>', 'among prefixes and patterns the highest counts')
      .option('--since <day>', 'first day of sales, UTC')
      .option('--until <day>', 'last day of sales, UTC'),
  ).action(async (id: string, kind: string, value: string, options: RuleOptions) => {
    const { plan, json, by, partner, priority, since, until } = options;
    const rule = { publisher: id, kind, value, partner, priority: priority === undefined ? undefined : Number(priority), since, until }; // prettier-ignore
    showMoved(await askLedger(env, 'rule-add', { rule, plan }, by), json);
  });
  planned(publisher.command('unrule').description('Remove a rule by its number').argument('<number>'))
    .action(async (number: string, { plan, json, by }: Planned) => {
      showMoved(await askLedger(env, 'rule-remove', { id: Number(number), plan }, by), json);
    }); // prettier-ignore
}

export interface Planned extends Common {
  plan: boolean;
}

export const common = (command: Command) =>
  command
    .option('--json', 'for scripts')
    .option('--by <name>', 'who does it, for the audit; else the user of this machine');

export const planned = (command: Command) =>
  common(command).option('--plan', 'only show what would move', false);

/** A command that prints rows. */
export function listing<T extends Common>(
  command: Command,
  env: NodeJS.ProcessEnv,
  operation: string,
  argsOf: (options: T) => object,
): void {
  common(command).action(async (options: T) => {
    const rows = await askLedger<Record<string, unknown>[]>(env, operation, argsOf(options), options.by);
    console.log(options.json ? JSON.stringify(rows, null, 2) : columns(rows) || 'none yet');
  });
}

export function showMoved(moved: Moved, json = false): void {
  if (json) return console.log(JSON.stringify(moved, null, 2));
  const { done, moves } = moved;
  const total = moves.reduce((sum, { conversions }) => sum + conversions, 0);
  if (moves.length > 0) console.log(columns(moves.map((move) => ({ ...move }))));
  console.log(
    done ? `Done; ${total} conversions moved` : `${total} conversions would move; without --plan they do`,
  );
}
