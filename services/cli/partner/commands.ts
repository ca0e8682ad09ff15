import { InvalidArgumentError, type Command } from 'commander';
import { readCurrency } from '../../contract/money.ts';
import { zoneOf } from '../../contract/time.ts';
import { hashes } from '../../manifest/verify/algorithms.ts';
import { readConfig } from '../../runtime/config.ts';
import type { Terminal } from '../terminal.ts';
import { checkPartners } from './check.ts';
import { learnPartner, type LearnOptions } from './learn.ts';
import { newPartner } from './new.ts';
import type { NewOptions } from './questions.ts';
import { sendExample, type SendOptions } from './send.ts';
import { tryPartner, type TryOptions } from './try.ts';
import { printUrl, type UrlOptions } from './url.ts';

/** `partner …`. The settings are read when a command runs: help needs none. */
export function addPartnerCommands(program: Command, env: NodeJS.ProcessEnv, terminal: Terminal): void {
  const partner = program.command('partner').description('Work on partner manifests');
  addNew(partner, env, terminal);
  partner
    .command('check')
    .description('Check one manifest and its examples, or all: problems and warnings as file:line:column')
    .argument('[id]')
    .option('--json', 'for scripts')
    .action((id: string | undefined, { json }: { json?: boolean }) =>
      checkPartners(readConfig(env), id, terminal, json),
    );
  partner
    .command('try')
    .description('Show step by step what a manifest makes of a request, and keep nothing')
    .argument('<id>')
    .argument('[what]', 'an example, or a file with a captured request (- is standard input); else all examples in short')
    .option('--url <url>', 'an address as it was called')
    .option('--curl <line>', 'a curl line, in quotes')
    .option('--now <time>', 'as if it came then: 2026-11-24T09:30:00Z', time)
    .option('--json', 'for scripts')
    .action((id: string, what: string | undefined, options: TryOptions) =>
      tryPartner(readConfig(env), id, what, options, terminal),
    ); // prettier-ignore
  partner
    .command('url')
    .description("Print the URL to paste into the partner's console, with its secret")
    .argument('<id>')
    .option('--origin <url>', 'our address as the partner calls it; else this machine', origin)
    .option('--json', 'for scripts')
    .action((id: string, options: UrlOptions) => printUrl(readConfig(env), id, options));
  addLearn(partner, env, terminal);
  addSend(partner, env, terminal);
}

function addNew(partner: Command, env: NodeJS.ProcessEnv, terminal: Terminal): void {
  partner
    .command('new')
    .description('Make the folder of a new partner, with examples; on a terminal it asks for what the options leave open')
    .argument('<id>')
    .option('--name <name>', 'what people call them')
    .option('--docs <url>', 'where they document their postback')
    .option('--path <path>', 'where they call: /<id> or below it')
    .option('--sends <how>', 'query (GET with macros), form or json')
    .option('--token <parameter>', 'a secret in the address that they call')
    .option('--path-token', 'a secret in the path of that address')
    .option('--bearer', 'a secret in the header Authorization: Bearer')
    .option('--basic', 'user:password in the header Authorization: Basic')
    .option('--hmac <header>', 'an HMAC of the body (or query) in this header; x-signature.sha256 is the piece labelled sha256')
    .option('--hash <hash>', 'of the HMAC: sha1, sha256, sha384, sha512 or md5', oneOf(hashes))
    .option('--none <why>', 'nothing is verified, and why; needs --until')
    .option('--until <day>', 'the last day on which that counts')
    .option('--map <ours=theirs>', 'their name of a field, such as conversionId=txn; again for each', pairs)
    .option('--status <ours=theirs>', 'their word for a status, such as approved=ok; again for each', pairs)
    .option('--json', 'for scripts; asks nothing')
    .action((id: string, options: NewOptions) => newPartner(readConfig(env), id, options, terminal));
} // prettier-ignore

function addLearn(partner: Command, env: NodeJS.ProcessEnv, terminal: Terminal): void {
  partner
    .command('learn')
    .description('Propose a manifest from one real request, or from their URL with macros; what it is unsure of stands under "assumed"')
    .argument('<id>')
    .argument('<request>', 'an address, a curl line in quotes, or a file with either, with an HTTP request or a line of our log; - is standard input')
    .option('--name <name>', 'what people call them')
    .option('--currency <code>', 'of amounts that name none', currency)
    .option('--zone <zone>', 'of times that name none, such as Asia/Kuala_Lumpur', zone)
    .option('--write', 'write the folder, with examples')
    .option('--json', 'for scripts')
    .action((id: string, captured: string, options: LearnOptions) => learnPartner(readConfig(env), id, captured, options, terminal));
} // prettier-ignore

function addSend(partner: Command, env: NodeJS.ProcessEnv, terminal: Terminal): void {
  partner
    .command('send')
    .description('Send an example to a running gateway, signed anew, and follow it until it is kept')
    .argument('<id>')
    .argument('[example]', 'else the first that is kept')
    .option('--to <origin>', 'the gateway, such as https://go.example.com; else the one on this machine, which is followed', origin)
    .option('--fresh', 'with a new id of the sale, so that it is no repeat')
    .option('--json', 'for scripts')
    .action((id: string, example: string | undefined, options: SendOptions) => sendExample(readConfig(env), id, example, options, terminal));
} // prettier-ignore

function currency(text: string): string {
  const code = readCurrency(text);
  if (!code.ok) throw new InvalidArgumentError('It is like USD.');
  return code.value;
}

function zone(text: string): string {
  if (!zoneOf(text)) throw new InvalidArgumentError('It is like Asia/Kuala_Lumpur.');
  return text;
}

/** `ours=theirs`, given any number of times. */
function pairs(text: string, before: Record<string, string> = {}): Record<string, string> {
  const [, ours, theirs] = /^([A-Za-z_]+)=(.+)$/.exec(text) ?? [];
  if (ours === undefined || theirs === undefined)
    throw new InvalidArgumentError('It is like conversionId=txn.');
  return { ...before, [ours]: theirs };
}

function oneOf(choices: readonly string[]) {
  return (text: string): string => {
    if (choices.includes(text)) return text;
    throw new InvalidArgumentError(`It is one of ${choices.join(', ')}.`);
  };
}

function time(text: string): Date {
  const date = new Date(text);
  if (!/^\d{4}-\d\d-\d\dT.*Z$/.test(text) || Number.isNaN(date.getTime()))
    throw new InvalidArgumentError('It is like 2026-11-24T09:30:00Z.');
  return date;
}

/** What is pasted into a partner's console is tried by real sales first: `go.example.com` or a path would be lost ones. */
function origin(text: string): string {
  const url = URL.parse(text);
  if (!url || !['http:', 'https:'].includes(url.protocol) || url.href !== `${url.origin}/`)
    throw new InvalidArgumentError('It is like https://go.example.com.');
  return url.origin;
}
