import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { UsageError } from '../../linkshare/errors.ts';
import { number, readConfig, readEnvironment, text } from '../../runtime/config.ts';
import { secretFile } from '../../runtime/embedded/secrets.ts';
import { valueOf, type SecretPlace } from './secretPlace.ts';

/** What the TikTok tools need to know. */
export interface Settings {
  appKey: string;
  appSecret: string;
  apiHost: string | undefined;
  authHost: string | undefined;
  /** Calls a second, at most. */
  perSecond: number;
  dataDir: string;
  /** Where the tokens are, if not in the data folder: a file, or projects/P/secrets/S. */
  tokens: string | undefined;
  secretManager: SecretPlace;
}

/** The app's secret travels to these: in clear only where it does not leave the machine. */
const host = z
  .string()
  .refine(
    (value) =>
      /^https:\/\/[^/]+\/?$/.test(value) ||
      /^http:\/\/(127\.0\.0\.1|localhost|\[::1\])(:\d+)?\/?$/.test(value),
    'is not like https://open-api.tiktokglobalshop.com',
  );

const schema = z.object({
  TIKTOK_APP_KEY: text.optional(),
  TIKTOK_TOKENS: text.optional(),
  SECRET_MANAGER_HOST: text.optional(),
  TIKTOK_API_HOST: host.optional(),
  TIKTOK_AUTH_HOST: host.optional(),
  // What TikTok allows an app is not published; it answers 429 past it, which is waited for.
  TIKTOK_CALLS_PER_SECOND: number(1, 100_000, 'a number of calls').default(10),
});

/**
 * Reads them from the environment, key and secret also from files or from Secret Manager. Rejects with an Error that says what is
 * missing and where it goes.
 */
export async function readSettings(env: NodeJS.ProcessEnv): Promise<Settings> {
  const { dataDir } = readConfig(env);
  const read = readEnvironment(schema, env);
  const secretManager = { host: read.SECRET_MANAGER_HOST };
  const given = (value: string | undefined, name: string) =>
    value ? valueOf(value, secretManager) : readSecret(dataDir, name);
  const appKey = await given(read.TIKTOK_APP_KEY, 'app-key');
  // Not through the schema, whose errors show what they found.
  const appSecret = await given(env.TIKTOK_APP_SECRET?.trim(), 'app-secret');
  if (!appKey || !appSecret) throw missing(dataDir, { appKey, appSecret });
  return {
    appKey,
    appSecret,
    apiHost: read.TIKTOK_API_HOST,
    authHost: read.TIKTOK_AUTH_HOST,
    perSecond: read.TIKTOK_CALLS_PER_SECOND,
    dataDir,
    tokens: read.TIKTOK_TOKENS,
    secretManager,
  };
}

function missing(dataDir: string, { appKey, appSecret }: Record<'appKey' | 'appSecret', string | undefined>) {
  const names = [!appKey && 'TIKTOK_APP_KEY', !appSecret && 'TIKTOK_APP_SECRET'].filter(Boolean);
  return new Error(
    `${names.join(' and ')} ${names.length > 1 ? 'are' : 'is'} not set: copy them from your app in Partner Center (https://partner.tiktokshop.com) into the environment, or into ${secretFile(dataDir, folder, 'app-key')} and app-secret beside it; or set them to projects/P/secrets/S of Secret Manager`,
  );
}

const folder = 'tiktok';

function readSecret(dataDir: string, name: string): string | undefined {
  const file = secretFile(dataDir, folder, name);
  return existsSync(file) ? readFileSync(file, 'utf8').trim() || undefined : undefined;
}

/** An account's name is part of a file's. */
function checkAccount(name: string): string {
  if (/^[a-z0-9][a-z0-9-]{0,40}$/.test(name)) return name;
  throw new UsageError(`"${name}" is no name of an account: small letters, digits and - only.`);
}

/** Where an account's tokens are. Those of accounts that are not the default one have its name behind that of the place they were given. */
export function tokensPlace(
  { tokens, dataDir }: Pick<Settings, 'tokens' | 'dataDir'>,
  account: string,
): string {
  const name = checkAccount(account);
  if (tokens === undefined) return join(dataDir, folder, `tokens-${name}.json`);
  return name === 'default' ? tokens : `${tokens}-${name}`;
}
export const linksPath = (dataDir: string): string => join(dataDir, folder, 'links.jsonl');
export const shortlistPath = (dataDir: string): string => join(dataDir, folder, 'shortlist.json');
export const spoolFolder = (dataDir: string): string => join(dataDir, folder, 'reports');
