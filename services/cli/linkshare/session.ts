import { exchangeCode, readCode, refreshTokens, type App } from '../../linkshare/auth.ts';
import { createClient, type Client, type Seen } from '../../linkshare/client.ts';
import { TikTokError } from '../../linkshare/errors.ts';
import { linkFile, type LinkStore } from '../../linkshare/linkStore.ts';
import { hintOf, maskQuery } from '../../linkshare/mask.ts';
import { tokenFile } from '../../linkshare/tokenFile.ts';
import { keepTokens, type KeptTokens, type Tokens, type TokenStore } from '../../linkshare/tokens.ts';
import { linksPath, readSettings, tokensPath, type Settings } from './settings.ts';
import { openScreen, type Here, type Screen } from './screen.ts';

/** Options that every command which calls TikTok has. */
export interface CommonOptions {
  verbose?: boolean;
  account: string;
  authCode?: string;
}

/** All that a command works with. */
export interface Session {
  screen: Screen;
  settings: Settings;
  app: App;
  store: TokenStore;
  tokens: KeptTokens;
  client: Client;
  links: LinkStore;
}

/** Opens what a command needs, exchanges the code it was given, does its work and closes. */
export async function withSession<T>(
  here: Here,
  options: CommonOptions,
  work: (session: Session) => Promise<T>,
): Promise<T> {
  const session = openSession(here, options);
  try {
    if (options.authCode !== undefined) await exchange(session, options.authCode);
    return await work(session);
  } finally {
    await session.client.close();
  }
}

function openSession(here: Here, { account, verbose }: CommonOptions): Session {
  const screen = openScreen(here.terminal);
  const settings = readSettings(here.env);
  const app: App = { appKey: settings.appKey, appSecret: settings.appSecret, host: settings.authHost };
  const store = tokenFile(tokensPath(settings.dataDir, account));
  const tokens = keepTokens({
    store,
    refresh: (refreshToken) => refreshTokens(app, refreshToken),
    onRefresh: (next) => screen.note(`token refreshed, good until ${timeOf(next.accessExpires)}`),
    onLate: (error) => screen.note(`warning: the token could not be refreshed yet: ${firstLine(error)}`),
  });
  const client = createClient({
    appKey: app.appKey,
    appSecret: app.appSecret,
    tokens,
    host: settings.apiHost,
    perSecond: settings.perSecond,
    onRetry: (why, ms) => screen.note(`warning: ${firstLine(why)}; again in ${(ms / 1000).toFixed(1)} s`),
    ...(verbose && { onRequest: (seen: Seen) => screen.note(lineOf(seen)) }),
  });
  return { screen, settings, app, store, tokens, client, links: linkFile(linksPath(settings.dataDir)) };
}

/** Exchanges what a person pasted and keeps the tokens. */
export async function exchange(
  { app, store, screen }: Pick<Session, 'app' | 'store' | 'screen'>,
  pasted: string,
): Promise<Tokens> {
  const tokens = await exchangeCode(app, readCode(pasted));
  await store.alone(() => store.write(tokens));
  const who = tokens.name ?? (tokens.openId || 'a creator');
  screen.note(
    `authorised by ${who}: token ${hintOf(tokens.accessToken)}, good until ${timeOf(tokens.accessExpires)}`,
  );
  if (tokens.userType === 0) throw new TikTokError(`${who} is a seller`, { trouble: 'identity' });
  return tokens;
}

const lineOf = ({ method, path, query, attempt, ms, status, trouble }: Seen) =>
  [
    `${method} ${path}`,
    JSON.stringify(maskQuery(query)),
    status ? `HTTP ${status}` : 'no answer',
    `${ms} ms`,
    attempt > 1 && `attempt ${attempt}`,
    trouble,
  ]
    .filter(Boolean)
    .join('  ');

export const firstLine = (error: unknown): string => (error as Error).message.split('\n')[0] ?? '';

/** `2026-10-31 12:00 UTC` of Unix seconds. */
export const timeOf = (seconds: number): string =>
  `${new Date(seconds * 1000).toISOString().slice(0, 16).replace('T', ' ')} UTC`;
