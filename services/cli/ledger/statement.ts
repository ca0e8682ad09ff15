import type { Command } from 'commander';
import type { StatementSums } from '../../ledger/queries/statements.ts';
import { wrongUse } from '../failure.ts';
import { askLedger } from './ask.ts';
import { common, listing, planned, showRows, type Common, type Planned } from './options.ts';

export interface MonthOptions {
  publisher: string;
  month?: string;
}

/** A command of a publisher's month: `payout show 2026-10 --publisher mkk`, or `--month 2026-10`. */
export const ofMonth = (command: Command) =>
  command
    .argument('[month]', '2026-10')
    .requiredOption('--publisher <id>')
    .option('--month <month>', 'the same as the argument');

export function monthOf(argument: string | undefined, { month = argument }: MonthOptions): string {
  if (month === undefined) throw wrongUse('say which month: 2026-10');
  return month;
}

/** `payout close|list|show`. */
export function addStatementCommands(payout: Command, env: NodeJS.ProcessEnv): void {
  planned(
    ofMonth(payout.command('close')).description(
      "Settle a publisher's month: what became payable by its end, and what changed since",
    ),
  ).action(async (argument: string | undefined, options: Planned & MonthOptions) => {
    const { publisher, plan, by, json } = options;
    const args = { publisher, month: monthOf(argument, options), plan };
    showRows(await askLedger<StatementSums[]>(env, 'payout-close', args, by), json, 'nothing was owed');
    if (plan && !json) console.log('Without --plan it is closed');
  });
  listing<Common & { publisher?: string }>(
    payout
      .command('list')
      .description('Closed months, with our commission and margin')
      .option('--publisher <id>'),
    env,
    'payout-list',
    ({ publisher }) => ({ publisher }),
  );
  common(
    ofMonth(payout.command('show')).description(
      'What a closed month adds up to, and its lines without our commission',
    ),
  ).action(async (argument: string | undefined, options: Common & MonthOptions) => {
    const { publisher, by, json } = options;
    const args = { publisher, month: monthOf(argument, options) };
    const shown = await askLedger<{ statements: object[]; lines: object[] }>(env, 'payout-show', args, by);
    if (json) return console.log(JSON.stringify(shown, null, 2));
    showRows(shown.statements);
    console.log();
    showRows(shown.lines.map(brief));
  });
}

/** What fits on a terminal; the rest is in the export. */
const brief = (line: object) => {
  const { statement: _, key: __, saleCurrency, rateDay: ___, rateSource: ____, line: _____, ...rest } = line as Record<string, unknown>; // prettier-ignore
  return { ...rest, sale: rest.sale === null ? null : `${rest.sale as string} ${saleCurrency as string}` };
};
