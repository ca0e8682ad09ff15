import { readFileSync } from 'node:fs';
import type { Command } from 'commander';
import { prepare } from '../../linkshare/client.ts';
import { UsageError } from '../../linkshare/errors.ts';
import { maskText } from '../../linkshare/mask.ts';
import { textToSign, type Query } from '../../linkshare/sign.ts';

import { collectWhole, common } from './options.ts';
import type { Here } from './screen.ts';
import { withSession, type CommonOptions } from './session.ts';

interface CallOptions extends CommonOptions {
  query?: string[];
  body?: string;
  dryRun?: boolean;
}

/** `linkshare tiktok call`: any call of TikTok's API, signed, with what was signed. */
export function addTikTok(program: Command, here: Here): void {
  const tiktok = program.command('tiktok').description("Work on TikTok Shop's API itself");
  common(tiktok.command('call'))
    .description('Sign a call, show the text that is signed, send it, print the answer')
    .argument('<method>', 'GET, POST, PUT or DELETE')
    .argument('<path>', 'such as /affiliate_creator/202508/profiles')
    .option('--query <name=value>', 'a parameter; may be given several times', collectWhole)
    .option('--body <json>', 'JSON, or @file')
    .option('--dry-run', 'sign and show, but send nothing')
    .action((method: string, path: string, options: CallOptions) =>
      call(here, method.toUpperCase(), path, options),
    );
}

async function call(here: Here, method: string, pathAndQuery: string, options: CallOptions): Promise<void> {
  if (!/^(GET|POST|PUT|DELETE)$/.test(method))
    throw new UsageError(`"${method}" is no method: GET, POST, PUT or DELETE.`);
  const { path, query } = readTarget(pathAndQuery, options.query ?? []);
  const body = readBody(options.body);
  if (method === 'GET' && body !== undefined) throw new UsageError('A GET has no body: leave out --body.');
  await withSession(here, options, async ({ client, screen, app, settings }) => {
    const prepared = prepare({ ...app, host: settings.apiHost }, { path, query, body });
    const signed = textToSign({ path, query: prepared.query, body });
    screen.note(`signed text: {app_secret}${maskText(signed, [app.appSecret])}{app_secret}`);
    screen.note(`sign: ${prepared.url.searchParams.get('sign')}`);
    if (options.dryRun) return;
    screen.print(JSON.stringify(await client.call({ method, path, query, body }), null, 2));
  });
}

function readTarget(text: string, given: readonly string[]): { path: string; query: Query } {
  if (!/^\/[\w./{}-]+(\?.*)?$/.test(text))
    throw new UsageError(
      `"${text}" is no path: it begins with / and has no host, such as /affiliate_creator/202508/profiles.`,
    );
  const [path = '', inPath = ''] = text.split('?');
  const query: Record<string, string> = Object.fromEntries(new URLSearchParams(inPath));
  for (const each of given) {
    const at = each.indexOf('=');
    if (at < 1) throw new UsageError(`"${each}" is no parameter: it is like page_size=20.`);
    query[each.slice(0, at)] = each.slice(at + 1);
  }
  return { path, query };
}

/** Sent as it is written, so that what is signed can be compared byte for byte. */
function readBody(text: string | undefined): string | undefined {
  if (text === undefined) return undefined;
  const body = text.startsWith('@') ? readFile(text.slice(1)) : text;
  try {
    JSON.parse(body);
    return body;
  } catch (error) {
    throw new UsageError(`--body is no JSON: ${(error as Error).message}`);
  }
}

function readFile(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw new UsageError(`${file} cannot be read: ${(error as Error).message}`);
  }
}
