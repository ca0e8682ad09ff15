import { resolve } from 'node:path';
import { existsSync } from 'node:fs';
import type { Command } from 'commander';
import type { RunResult } from '../../sync/run.ts';
import type { SyncStatus } from '../../sync/status.ts';
import { Failure, wrongUse } from '../failure.ts';
import { columns } from '../ledger/table.ts';

/** `sync …`: what partners' reports say becomes conversions. */
export function addSyncCommands(program: Command, env: NodeJS.ProcessEnv): void {
  const sync = program.command('sync').description("Partners' reports: fetch, import, look how they stand");
  sync
    .command('run')
    .description('Fetch a partner\'s report and publish what is news; from the stored cursor, if no time is given; the first time from the lookback of its manifest')
    .argument('<partner>')
    .option('--since <time>', 'a day or a time in UTC: 2026-11-24')
    .option('--until <time>', 'exclusive')
    .option('--json', 'for scripts')
    .action(async (partner: string, { json, ...period }: Period & Shown) => show(await ask<RunResult>(env, 'run', { partner, ...period }), json)); // prettier-ignore
  sync
    .command('import')
    .description('Read a file that somebody downloaded, and publish what is news; a second time nothing is')
    .argument('<partner>')
    .argument('<file.csv>')
    .option('--json', 'for scripts')
    .action(async (partner: string, file: string, { json }: Shown) => {
      if (!existsSync(file)) throw wrongUse(`there is no file ${file}`);
      show(await ask<RunResult>(env, 'import', { partner, file: resolve(file) }), json);
    });
  sync
    .command('status')
    .description('Of each report up to when it was taken, and how its last run ended')
    .option('--json', 'for scripts')
    .action(async ({ json }: Shown) => {
      const status = await ask<SyncStatus[]>(env, 'status', {});
      console.log(json ? JSON.stringify(status, null, 2) : columns(status as unknown as Record<string, unknown>[])); // prettier-ignore
    });
} // prettier-ignore

interface Period {
  since?: string;
  until?: string;
}
interface Shown {
  json?: boolean;
}

/** What opens a database is loaded when it is asked. */
const ask = async <T>(env: NodeJS.ProcessEnv, name: string, args: unknown): Promise<T> =>
  (await import('./ask.ts')).askSync<T>(env, name, args);

function show({ partner, counts, failures }: RunResult, json = false): void {
  const { rows, published, unreadable, quarantined, ignored } = counts;
  const aside = unreadable > 0 ? `, ${unreadable} unreadable (${quarantined} of them put aside now: linkshare replay --partner ${partner} reads them again by a mended manifest)` : ''; // prettier-ignore
  const unchanged = rows - published - unreadable - ignored;
  if (json) console.log(JSON.stringify({ partner, ...counts, failures }, null, 2));
  else console.log(`${partner}: ${rows} rows, ${published} news, ${Math.max(0, unchanged)} as before${ignored > 0 ? `, ${ignored} no conversions` : ''}${aside}`); // prettier-ignore
  if (failures.length > 0) throw new Failure(json ? '' : failures.join('\n'));
}
