import type { Command } from 'commander';
import type { Statement } from '../../ledger/statements.ts';
import { askLedger } from './ask.ts';
import { common, listing, planned, showMoved, type Common, type Planned } from './commands.ts';
import { columns } from './table.ts';

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
  hold?: string;
  since?: string;
  until?: string;
}

/** `payout set|close|list|show`. */
export function addPayoutCommands(program: Command, env: NodeJS.ProcessEnv): void {
  const payout = program
    .command('payout')
    .description('What publishers are paid, and the months that are settled');
  planned(
    payout
      .command('set')
      .description('Another version of what is paid; the one before ends on the day before --since')
      .option('--publisher <id>')
      .option('--partner <id>')
      .option('--offer <id>')
      .option('--share <percent>', 'of our commission: 90')
      .option('--percent <percent>', 'of the sale: 2.7')
      .option('--fixed <amount>', 'for each, in --currency')
      .option('--currency <code>', 'of --fixed, --cap and --minimum')
      .option('--cap <amount>')
      .option('--minimum <amount>')
      .option('--hold <days>', 'days after the sale before it is payable')
      .option('--since <day>', 'first day of sales, UTC')
      .option('--until <day>', 'last day of sales, UTC'),
  ).action(async (options: PayoutOptions) => {
    showMoved(
      await askLedger(env, 'payout-set', { rule: ruleOf(options), plan: options.plan }, options.by),
      options.json,
    );
  });
  common(payout.command('close').description("Settle a publisher's month: what became payable by its end, and what changed since").argument('<month>', '2026-10').requiredOption('--publisher <id>'))
    .action(async (month: string, { publisher, by, json }: Common & { publisher: string }) => {
      const statements = await askLedger<Statement[]>(env, 'payout-close', { publisher, month }, by);
      console.log(json ? JSON.stringify(statements, null, 2) : columns(statements.map((each) => ({ ...each }))) || 'nothing was owed'); // prettier-ignore
    }); // prettier-ignore
  listing<Common & { publisher?: string }>(
    payout.command('list').description('Closed months').option('--publisher <id>'),
    env,
    'payout-list',
    ({ publisher }) => ({ publisher }),
  );
  common(payout.command('show').description('What a closed month holds, without our commission').argument('<month>').requiredOption('--publisher <id>'))
    .action(async (month: string, { publisher, by, json }: Common & { publisher: string }) => {
      const shown = await askLedger<{ statements: object[]; lines: object[] }>(env, 'payout-show', { publisher, month }, by); // prettier-ignore
      if (json) return console.log(JSON.stringify(shown, null, 2));
      for (const rows of [shown.statements, shown.lines]) console.log(columns(rows as Record<string, unknown>[]));
    }); // prettier-ignore
}

function ruleOf({ publisher, partner, offer, share, percent, fixed, hold, ...rest }: PayoutOptions) {
  const kinds = Object.entries({ share, percent, fixed }).filter(([, value]) => value !== undefined);
  const [[kind] = []] = kinds;
  if (kind === undefined || kinds.length > 1) throw new Error('say one of --share, --percent and --fixed');
  const { currency, cap, minimum, since, until } = rest;
  const holdDays = hold === undefined ? undefined : Number(hold);
  return {
    publisher,
    partner,
    offer,
    kind,
    rate: share ?? percent,
    fixed,
    currency,
    cap,
    minimum,
    holdDays,
    since,
    until,
  };
}
