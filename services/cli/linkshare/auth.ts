import { randomBytes } from 'node:crypto';
import type { Command } from 'commander';
import type { Here } from './screen.ts';
import { authorizeUrl } from '../../linkshare/auth.ts';
import { TikTokError } from '../../linkshare/errors.ts';
import { hintOf } from '../../linkshare/mask.ts';
import type { Tokens } from '../../linkshare/tokens.ts';
import { login } from './login.ts';
import { common } from './options.ts';
import { exchange, timeOf, withSession, type CommonOptions } from './session.ts';
import { readSettings } from './settings.ts';

/** `linkshare auth ..`: from a creator's consent to tokens that renew themselves. */
export function addAuth(program: Command, here: Here): void {
  const auth = program.command('auth').description('Let a TikTok Shop creator authorise this app');
  auth
    .command('url')
    .description('Print the page on which a creator authorises')
    .option('--state <text>', 'comes back with the code, to tell who it is; else a random one')
    .action(async ({ state }: { state?: string }) => {
      const { appKey } = await readSettings(here.env);
      console.log(authorizeUrl(appKey, state ?? randomBytes(16).toString('hex')));
      console.error('Open it as the creator, agree, then: linkshare auth exchange <the address you end on>');
    });
  common(auth.command('login'))
    .description('Open that page, wait for the creator, and exchange the code')
    .option(
      '--port <n>',
      'where we listen; the app in Partner Center redirects to http://127.0.0.1:<n>/callback',
      '8787',
    )
    .option('--no-open', 'print the address only')
    .option('--wait <seconds>', 'how long to wait for the creator', '600')
    .action((options: CommonOptions & { port: string; open: boolean; wait: string }) =>
      withSession(here, options, (session) => login(session, options)),
    );
  common(auth.command('exchange'))
    .description('Exchange a code, or the whole address that the browser ended on, for tokens')
    .argument('<code>')
    .action((code: string, options: CommonOptions) =>
      withSession(here, options, async (session) => void (await exchange(session, code))),
    );
  common(auth.command('status'))
    .description('Who authorised, until when, and what')
    .option('--json', 'print JSON')
    .action((options: CommonOptions & { json?: boolean }) =>
      withSession(here, options, async ({ store, screen }) => {
        const tokens = await store.read();
        if (!tokens) throw new TikTokError('no creator has authorised this app yet', { trouble: 'token' });
        screen.print(options.json ? JSON.stringify(shown(tokens), null, 2) : statusOf(tokens));
      }),
    );
  common(auth.command('refresh'))
    .description('Fetch the next tokens now')
    .action((options: CommonOptions) =>
      withSession(here, options, async ({ tokens }) => void (await tokens.refresh())),
    );
}

const shown = (tokens: Tokens) => ({
  accessToken: hintOf(tokens.accessToken),
  accessExpires: new Date(tokens.accessExpires * 1000).toISOString(),
  refreshExpires: new Date(tokens.refreshExpires * 1000).toISOString(),
  openId: tokens.openId,
  name: tokens.name,
  region: tokens.region,
  userType: tokens.userType,
  scopes: tokens.scopes,
});

function statusOf(tokens: Tokens): string {
  const now = Date.now() / 1000;
  const until = (seconds: number) => `${timeOf(seconds)}${seconds <= now ? ' (over)' : ''}`;
  const kind =
    tokens.userType === 0
      ? 'a seller: these tools need a creator'
      : tokens.userType === 1
        ? 'a creator'
        : 'unknown';
  return [
    `who        ${tokens.name ?? '(no name)'}, ${kind}, open id ${tokens.openId}`,
    `region     ${tokens.region ?? 'not told'}`,
    `token      ${hintOf(tokens.accessToken)}, good until ${until(tokens.accessExpires)}; renews itself`,
    `consent    until ${until(tokens.refreshExpires)}`,
    `scopes     ${tokens.scopes.join(', ') || 'none told'}`,
  ].join('\n');
}
