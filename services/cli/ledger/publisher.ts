import type { Command } from 'commander';
import { stringify } from 'yaml';
import { wrongUse } from '../failure.ts';
import { askLedger } from './ask.ts';
import { common, listing, planned, showMoved, showRows, type Common, type Planned } from './options.ts';

interface Details {
  name?: string;
  status?: string;
  payIn?: string;
  contact?: string[];
}

const details = (command: Command) =>
  command
    .option('--status <status>', 'active, paused (postbacks wait) or closed (none are sent)')
    .option(
      '--pay-in <currency>',
      'what they are paid in, at stored rates; none: what each payout is reckoned of',
    )
    .option('--contact <kind=value...>', 'email=ann@example.com; an empty value takes it away');

/** `publisher list|show|add|set|key|keys|revoke`. */
export function addPublisherCommands(publisher: Command, env: NodeJS.ProcessEnv): void {
  listing(
    publisher.command('list').description('All publishers, with what they are owed'),
    env,
    'publisher-list',
    () => ({}),
  );
  common(
    publisher
      .command('show')
      .description('One publisher, its rules and what was changed last')
      .argument('<id>'),
  ).action(async (id: string, { json, by }: Common) => {
    const shown = await askLedger(env, 'publisher-show', { id }, by);
    console.log(json ? JSON.stringify(shown, null, 2) : stringify(shown).trimEnd());
  });
  details(
    common(
      publisher
        .command('add')
        .description('Add a publisher')
        .argument('<id>')
        .requiredOption('--name <name>'),
    ),
  ).action(async (id: string, { by, json: _, ...said }: Common & Details) => {
    await askLedger(env, 'publisher-add', { id, ...detailsOf(said) }, by);
    console.log(
      `${id} is added. How it is recognised: linkshare publisher rule ${id} prefix ${id.toUpperCase()}`,
    );
  });
  details(
    planned(
      publisher
        .command('set')
        .description('Change what is said of a publisher')
        .argument('<id>')
        .option('--name <name>'),
    ),
  ).action(async (id: string, { by, json, plan, ...said }: Planned & Details) => {
    showMoved(await askLedger(env, 'publisher-set', { id, plan, ...detailsOf(said) }, by), json);
  });
  addKeyCommands(publisher, env);
}

function detailsOf({ contact, ...said }: Details) {
  const contacts = contact?.map((each) => {
    const [, kind, value = ''] = /^([^=]+)=(.*)$/s.exec(each) ?? [];
    if (kind === undefined) throw wrongUse(`--contact ${each}: write it as email=ann@example.com`);
    return [kind, value];
  });
  return { ...said, ...(contacts && { contacts: Object.fromEntries(contacts) as Record<string, string> }) };
}

function addKeyCommands(publisher: Command, env: NodeJS.ProcessEnv): void {
  common(
    publisher
      .command('key')
      .description('Make a key for the reporting API; it is shown once')
      .argument('<id>')
      .argument('<name>', 'what it is for'),
  ).action(async (id: string, name: string, { by }: Common) => {
    console.log(await askLedger(env, 'key-add', { publisher: id, name }, by));
  });
  common(publisher.command('keys').description("A publisher's keys, by name").argument('<id>')).action(
    async (id: string, { json, by }: Common) =>
      showRows(await askLedger(env, 'key-list', { publisher: id }, by), json),
  );
  common(publisher.command('revoke').description('Revoke a key').argument('<id>').argument('<name>')).action(
    async (id: string, name: string, { by }: Common) => {
      await askLedger(env, 'key-revoke', { publisher: id, name }, by);
      console.log(`"${name}" of ${id} is revoked`);
    },
  );
}
