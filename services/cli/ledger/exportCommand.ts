import type { Command } from 'commander';
import type { StatementLine } from '../../ledger/queries/statementLines.ts';
import type { StatementSums } from '../../ledger/queries/statements.ts';
import { fileTarget } from '../../linkshare/report/fileTarget.ts';
import { readConfig } from '../../runtime/config.ts';
import { Failure, wrongUse } from '../failure.ts';
import { standardOutput } from '../linkshare/printReport.ts';
import { partnersFor } from './ask.ts';
import { common, type Common } from './options.ts';
import { withLedger, type Ask } from './session.ts';
import { monthOf, ofMonth, type MonthOptions } from './statement.ts';
import { statementCsv, writeStatementExcel, type Exported } from './statementExport.ts';

interface Options extends Common, MonthOptions {
  internal: boolean;
  out?: string;
}

/** `payout export`. */
export function addExportCommand(payout: Command, env: NodeJS.ProcessEnv): void {
  common(
    ofMonth(payout.command('export'))
      .description('A closed month for the publisher: its lines as CSV or Excel, without what we earn')
      .option('--internal', 'for ourselves: with commission and margin', false)
      .option('--out <file>', '.csv or .xlsx; else CSV to standard output'),
  ).action(async (argument: string | undefined, { out, internal, publisher, by, ...options }: Options) => {
    if (out !== undefined && !/\.(csv|xlsx)$/i.test(out)) throw wrongUse('--out names a .csv or .xlsx file');
    const month = monthOf(argument, { publisher, ...options });
    const asked = { publisher, month, internal };
    const partners = partnersFor(env, readConfig(env).partnersDir);
    await withLedger({ env, partners, who: by }, async (ask) => {
      const all = await ask<StatementSums[]>('payout-list', { publisher });
      const statements = all.filter((each) => each.month === month);
      if (statements.length === 0) throw new Failure(`${month} of ${publisher} is not closed`);
      await write({ statements, internal, pages: pagesOf(ask, asked) }, out);
      if (out !== undefined) console.log(`${out}: ${sum(statements)} lines`);
    });
  });
}

const sum = (statements: readonly StatementSums[]) => statements.reduce((all, { lines }) => all + lines, 0);

async function write(exported: Exported, out: string | undefined): Promise<void> {
  if (out !== undefined && /\.xlsx$/i.test(out)) return writeStatementExcel(out, exported);
  const target = out === undefined ? standardOutput() : await fileTarget(out);
  try {
    for await (const text of statementCsv(exported)) await target.write(text);
    await target.finish();
  } catch (error) {
    await target.abandon();
    throw error;
  }
}

async function* pagesOf(ask: Ask, asked: object): AsyncGenerator<StatementLine[]> {
  for (let after: Pick<StatementLine, 'statement' | 'key'> | undefined; ;) {
    const page = await ask<StatementLine[]>('payout-lines', { ...asked, after });
    const last = page.at(-1);
    if (!last) return;
    yield page;
    after = { statement: last.statement, key: last.key };
  }
}
