import { exchangeCode, readCode, refreshTokens, type App } from '../../linkshare/auth.ts';
import { createClient, type Client, type Seen } from '../../linkshare/client.ts';
import { TikTokError } from '../../linkshare/errors.ts';
import { linkFile, type LinkStore } from '../../linkshare/linkStore.ts';
import { hintOf, maskQuery } from '../../linkshare/mask.ts';
import { tokensIn } from '../../linkshare/tokenText.ts';
import { keepTokens, type KeptTokens, type Tokens, type TokenStore } from '../../linkshare/tokens.ts';
import { openSecretAt } from './secretPlace.ts';
import { linksPath, readSettings, tokensPlace, type Settings } from './settings.ts';
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
  close(): Promise<void>;
}

/** Opens what a command needs, exchanges the code it was given, does its work and closes. */
export async function withSession<T>(
  here: Here,
  options: CommonOptions,
  work: (session: Session) => Promise<T>,
): Promise<T> {
  const session = await openSession(here, options);
  try {
    if (options.authCode !== undefined) await exchange(session, options.authCode);
    return await work(session);
  } finally {
    await session.close();
  }
}

async function openSession(here: Here, { account, verbose }: CommonOptions): Promise<Session> {
  const screen = openScreen(here.terminal);
  const settings = await readSettings(here.env);
  const app: App = { appKey: settings.appKey, appSecret: settings.appSecret, host: settings.authHost };
  const warn = (message: string, fields?: object) =>
    screen.note(`warning: ${message} ${JSON.stringify(fields ?? {})}`);
  const secret = await openSecretAt(tokensPlace(settings, account), settings.secretManager, { warn });
  const store = tokensIn(secret);
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
  const close = async () => void (await Promise.all([client.close(), secret.close()]));
  const links = linkFile(linksPath(settings.dataDir));
  return { screen, settings, app, store, tokens, client, links, close };
}

/** Exchanges what a person pasted and keeps the tokens. A code counts once: first it is made sure that they can be kept. */
export async function exchange(
  { app, store, screen }: Pick<Session, 'app' | 'store' | 'screen'>,
  pasted: string,
): Promise<Tokens> {
  const code = readCode(pasted);
  const tokens = await store.alone(async () => {
    const exchanged = await exchangeCode(app, code);
    await store.write(exchanged);
    return exchanged;
  });
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
