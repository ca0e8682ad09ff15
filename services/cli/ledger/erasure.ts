import type { Command } from 'commander';
import type { Erased } from '../../ledger/erasure/erase.ts';
import type { Named } from '../../ledger/erasure/named.ts';
import type { Past } from '../../ledger/erasure/retain.ts';
import { wrongUse } from '../failure.ts';
import { askLedger } from './ask.ts';
import { planned, type Planned } from './options.ts';
import { columns } from './table.ts';

/** `retention` and `erase`. */
export function addErasureCommands(program: Command, env: NodeJS.ProcessEnv): void {
  planned(
    program
      .command('retention')
      .description('Let go what is kept no longer; the ledger does so daily by itself'),
  ).action(async ({ plan, json, by }: Planned) => {
    const past = await askLedger<Past[]>(env, 'retention', { plan }, by);
    console.log(json ? JSON.stringify(past, null, 2) : columns(past.map((each) => ({ ...each }))));
  });
  // Not `common`, whose --by may be left out: here a person answers for it.
  program
    .command('erase')
    .description("Take a person's data out of the ledger; sales, amounts and whose they are stay")
    .option('--click-id <id>')
    .option('--sub-id <id>')
    .option('--order <id>')
    .option('--address <ip>')
    .requiredOption('--reason <sentence>')
    .requiredOption('--by <name>', 'who does it')
    .option('--unread', 'also requests that could never be read: the sales that they tell of are lost', false)
    .option('--plan', 'only show what would go', false)
    .option('--json', 'for scripts')
    .action(async ({ by, plan, json, ...options }: Options) => {
      const { reason, unread } = options;
      const erased = await askLedger<Erased>(env, 'erase', { named: namedIn(options), reason, unread, plan }, by); // prettier-ignore
      if (json) return console.log(JSON.stringify(erased, null, 2));
      show(erased, plan);
    });
}

interface Names {
  clickId?: string;
  subId?: string;
  order?: string;
  address?: string;
}

interface Options extends Names {
  reason: string;
  by: string;
  unread: boolean;
  plan: boolean;
  json?: boolean;
}

function namedIn({ clickId, subId, order, address }: Names): Named {
  const said = Object.entries({ clickId, subId, order, address }).filter(([, value]) => value !== undefined);
  const [[by, value] = []] = said;
  if (by === undefined || value === undefined || said.length > 1)
    throw wrongUse('say one of --click-id, --sub-id, --order and --address');
  return { by: by as Named['by'], value };
}

function show({ conversions, events, unread, ...counts }: Erased, plan: boolean): void {
  const rows = { conversions: conversions.length, events: events.length, ...counts };
  console.log(columns(Object.entries(rows).map(([what, erased]) => ({ what, erased }))));
  for (const key of conversions) console.log(key);
  if (events.length > 0) console.log(`What is kept elsewhere is found by these ids: ${events.join(' ')}`);
  if (unread.length > 0)
    console.log(`${unread.length} requests name it and could never be read; they are left: ${unread.join(' ')}. Mend the manifest and replay them, or say --unread`); // prettier-ignore
  if (plan) console.log('This is the plan; without --plan it is done');
}
