import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { UsageError } from '../../linkshare/errors.ts';
import { number, readConfig, readEnvironment, text } from '../../runtime/config.ts';
import { secretFile } from '../../runtime/embedded/secrets.ts';

/** What the TikTok tools need to know. */
export interface Settings {
  appKey: string;
  appSecret: string;
  apiHost: string | undefined;
  authHost: string | undefined;
  /** Calls a second, at most. */
  perSecond: number;
  dataDir: string;
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
  TIKTOK_API_HOST: host.optional(),
  TIKTOK_AUTH_HOST: host.optional(),
  // What TikTok allows an app is not published; it answers 429 past it, which is waited for.
  TIKTOK_CALLS_PER_SECOND: number(1, 100_000, 'a number of calls').default(10),
});

/** Reads them from the environment, key and secret also from files. Throws an Error that says what is missing and where it goes. */
export function readSettings(env: NodeJS.ProcessEnv): Settings {
  const { dataDir } = readConfig(env);
  const { TIKTOK_APP_KEY, TIKTOK_API_HOST, TIKTOK_AUTH_HOST, TIKTOK_CALLS_PER_SECOND } = readEnvironment(
    schema,
    env,
  );
  const appKey = TIKTOK_APP_KEY ?? readSecret(dataDir, 'app-key');
  const appSecret = env.TIKTOK_APP_SECRET?.trim() || readSecret(dataDir, 'app-secret');
  const missing = [!appKey && 'TIKTOK_APP_KEY', !appSecret && 'TIKTOK_APP_SECRET'].filter(Boolean);
  if (!appKey || !appSecret)
    throw new Error(
      `${missing.join(' and ')} ${missing.length > 1 ? 'are' : 'is'} not set: copy them from your app in Partner Center (https://partner.tiktokshop.com) into the environment, or into ${secretFile(dataDir, folder, 'app-key')} and app-secret beside it`,
    );
  return {
    appKey,
    appSecret,
    apiHost: TIKTOK_API_HOST,
    authHost: TIKTOK_AUTH_HOST,
    perSecond: TIKTOK_CALLS_PER_SECOND,
    dataDir,
  };
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

export const tokensPath = (dataDir: string, account: string): string =>
  join(dataDir, folder, `tokens-${checkAccount(account)}.json`);
export const linksPath = (dataDir: string): string => join(dataDir, folder, 'links.jsonl');
export const shortlistPath = (dataDir: string): string => join(dataDir, folder, 'shortlist.json');
export const spoolFolder = (dataDir: string): string => join(dataDir, folder, 'reports');
