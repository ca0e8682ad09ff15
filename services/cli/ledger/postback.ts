import { InvalidArgumentError, type Command } from 'commander';
import { stringify } from 'yaml';
import { askLedger } from './ask.ts';
import { common, whole, type Common } from './options.ts';

interface PostbackOptions extends Common {
  url?: string;
  method?: string;
  body?: unknown;
  delay?: number;
  match?: string;
  status?: string[];
  tests?: boolean;
  unverified?: boolean;
  sign?: boolean;
  newSecret?: boolean;
  concurrency?: number;
  offAfter?: number;
  on?: boolean;
  off?: boolean;
}

/** `publisher postback`, `test-postback` and `deliveries`. */
export function addPostbackCommands(publisher: Command, env: NodeJS.ProcessEnv): void {
  common(
    publisher
      .command('postback')
      .description(
        "A publisher's own postback: what we tell them of their conversions; what is not said stays as it is",
      )
      .argument('<publisher>')
      .option('--url <template>', 'https://example.com/pb?cid={clickId}&sum={payout}&st={status}')
      .option('--method <method>', 'GET or POST')
      .option(
        '--body <json>',
        'of a POST: {"sum":"{payout}"}; without it, every macro under its own name',
        json,
      )
      .option(
        '--status <ours=theirs...>',
        'which of our statuses are told, under what word: approved=1 reversed=2',
      )
      .option('--delay <seconds>', 'how long after the change', whole)
      .option('--match <text>', 'what their answer must hold to count as delivered')
      .option('--tests', 'test conversions too')
      .option('--unverified', 'hints too')
      .option('--sign', 'as Standard Webhooks say; for POST')
      .option('--new-secret', 'another one to sign with, shown this once; the old one signs too for a day')
      .option('--concurrency <n>', 'attempts at a time', whole)
      .option('--off-after <n>', 'failures in a row after which nothing more is sent', whole)
      .option('--on', 'begin again after it was switched off')
      .option('--off', 'nothing is sent, all of it waits'),
  ).action(async (id: string, options: PostbackOptions) => {
    console.log(
      stringify(await askLedger(env, 'postback-set', settingsOf(id, options), options.by)).trimEnd(),
    );
  });
  common(
    publisher
      .command('test-postback')
      .description('Send one postback with made-up values now, and show what came back')
      .argument('<publisher>'),
  ).action(async (id: string, { by }: Common) => {
    console.log(stringify(await askLedger(env, 'postback-test', { publisher: id }, by)).trimEnd());
  });
  common(
    publisher
      .command('deliveries')
      .description('Postbacks to publishers with their attempts, newest first')
      .option('--publisher <id>')
      .option('--state <state>', 'waiting, sending, delivered, failed or superseded'),
  ).action(async ({ publisher, state, json, by }: Common & { publisher?: string; state?: string }) => {
    const found = await askLedger(env, 'delivery-list', { publisher, state }, by);
    console.log(json ? JSON.stringify(found, null, 2) : stringify(found).trimEnd());
  });
}

function json(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new InvalidArgumentError('It is JSON: {"sum":"{payout}"}.');
  }
}

function settingsOf(
  publisher: string,
  { status, on, off, delay, json: _, by: __, ...rest }: PostbackOptions,
) {
  const statuses = status && Object.fromEntries(status.map((pair) => pair.split('=', 2) as [string, string]));
  return { ...rest, publisher, statuses, delaySeconds: delay, on: on ?? (off ? false : undefined) };
}
