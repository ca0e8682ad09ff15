import { Option, type Command } from 'commander';
import type { Moved } from '../../ledger/plan.ts';
import { Failure } from '../failure.ts';
import { readText } from '../text.ts';
import { askLedger } from './ask.ts';
import type { DayOrder } from './book/cells.ts';
import { failing, placedFailure } from './book/places.ts';
import { readRatesCsv } from './book/readRates.ts';
import { listing, planned, showMoved, whole, type Common, type Planned } from './options.ts';

interface SetOptions extends Planned {
  day: string;
  source: string;
}

/** `rate …`: what payouts are converted by. */
export function addRateCommands(program: Command, env: NodeJS.ProcessEnv): void {
  const rate = program
    .command('rate')
    .description('Exchange rates that payouts in another currency are reckoned by');
  planned(
    rate
      .command('set')
      .description('Store a rate of a day: 1 <from> is <rate> <to>; it serves the other way round too')
      .argument('<from>', 'USD')
      .argument('<to>', 'IDR')
      .argument('<rate>', '16250')
      .requiredOption('--day <day>', 'from when it counts, UTC: for a week, or until there is a newer one')
      .requiredOption('--source <text>', 'who says so: Bank Indonesia, JISDOR'),
  ).action(async (from: string, to: string, rate: string, { day, source, plan, json, by }: SetOptions) => {
    const rates = [{ from, to, day, rate, source }];
    const asked = askLedger<Stored>(env, 'rate-set', { rates, plan }, by);
    const plainly = ({ message }: Error) =>
      Promise.reject(new Failure(message.replace(/^rates\.0\.?/gm, '')));
    showStored(await asked.catch(plainly), json);
  });
  planned(
    rate
      .command('import')
      .description(
        'Store the rates of a CSV of from, to, day, rate, source; the same file twice stores nothing',
      )
      .argument('<file>', '- is standard input')
      .addOption(new Option('--days <order>', 'how 3/4/2026 is meant').choices(['dmy', 'mdy'])),
  ).action(async (file: string, { plan, json, by, days }: Planned & { days?: DayOrder }) => {
    const text = await readText(file);
    const located = failing(() => readRatesCsv(text, file, days));
    const asked = askLedger<Stored>(env, 'rate-set', { rates: located.book, plan }, by);
    showStored(await asked.catch((error: Error) => Promise.reject(placedFailure(error, located))), json);
  });
  planned(
    rate
      .command('unset')
      .description('Take a rate out of use; what is settled by it stays so')
      .argument('<number>', 'of rate list', whole),
  ).action(async (id: number, { plan, json, by }: Planned) => {
    showMoved(await askLedger(env, 'rate-unset', { id, plan }, by), json);
  });
  listing<Common & { from?: string; to?: string; last: number }>(
    rate
      .command('list')
      .description('Stored rates, the newest day first')
      .option('--from <currency>')
      .option('--to <currency>')
      .option('--last <n>', 'how many', whole, 100),
    env,
    'rate-list',
    ({ from, to, last }) => ({ from, to, limit: last }),
  );
}

export type Stored = Moved & { stored: number };

export function showStored(stored: Stored, json = false): void {
  if (!json) console.log(`${stored.stored} rates are ${stored.done ? 'stored' : 'news'}`);
  showMoved(stored, json);
}
