import { z } from 'zod';
import { readAnswer } from './answer.ts';
import { TikTokError, UsageError } from './errors.ts';
import { createHttp } from './http.ts';
import { maskText } from './mask.ts';
import type { Tokens } from './tokens.ts';

export const authHost = 'https://auth.tiktok-shops.com';
const pageHost = 'https://shop.tiktok.com';

export interface App {
  appKey: string;
  appSecret: string;
  /** Another than TikTok's, for tests. */
  host?: string | undefined;
}

/** The page on which a creator authorises the app. TikTok sends the browser on to the app's redirect URL with `code` and this `state`. */
export function authorizeUrl(appKey: string, state: string): string {
  return `${pageHost}/alliance/creator/auth?${new URLSearchParams({ app_key: appKey, state }).toString()}`;
}

/**
 * Reads what a person pastes: the code, or the whole address that the browser ended on. Throws UsageError.
 */
export function readCode(pasted: string): string {
  const text = pasted.trim();
  const code = URL.canParse(text) ? new URL(text).searchParams.get('code') : text;
  if (code && /^[\w.~-]{4,2048}$/.test(code)) return code;
  throw new UsageError(
    'This is no authorisation code: paste what stands behind code= in the address that the browser ended on, or all of it.',
  );
}

/** Exchanges an authorisation code, which counts once and for about 30 minutes. Rejects with a TikTokError. */
export const exchangeCode = (app: App, code: string): Promise<Tokens> =>
  ask(app, '/api/v2/token/get', { auth_code: code, grant_type: 'authorized_code' });

/** Fetches the next tokens. The refresh token may be another afterwards. Rejects with a TikTokError. */
export const refreshTokens = (app: App, refreshToken: string): Promise<Tokens> =>
  ask(app, '/api/v2/token/refresh', { refresh_token: refreshToken, grant_type: 'refresh_token' });

/** These requests are not signed: the secret is in the address, so nothing of the address may be shown. */
async function ask(
  { appKey, appSecret, host = authHost }: App,
  path: string,
  parameters: Record<string, string>,
): Promise<Tokens> {
  const url = new URL(path, host);
  url.search = new URLSearchParams({ app_key: appKey, app_secret: appSecret, ...parameters }).toString();
  const http = createHttp();
  try {
    return readTokens(
      readAnswer(await http.send({ method: 'GET', url, deadline: 20_000 })),
      Date.now() / 1000,
    );
  } catch (error) {
    throw explained(error, path, [appSecret, ...Object.values(parameters)]);
  } finally {
    await http.close();
  }
}

function explained(error: unknown, path: string, secrets: string[]): unknown {
  if (!(error instanceof TikTokError)) return error;
  if (['network', 'answer', 'server', 'busy', 'clock'].includes(error.trouble)) return error;
  // What TikTok says may repeat what it was asked.
  const said = maskText(error.message.split('\n')[0]!, secrets);
  const why = path.endsWith('/get')
    ? 'A code counts once, for about 30 minutes, and only with the app it was made for'
    : 'The authorisation is no longer good';
  return new TikTokError(`${said}. ${why}`, { trouble: 'token' });
}

const seconds = z.coerce.number().int().positive();

const answer = z.object({
  access_token: z.string().min(1),
  access_token_expire_in: seconds,
  refresh_token: z.string().min(1),
  refresh_token_expire_in: seconds,
  open_id: z.string().default(''),
  user_type: z.coerce.number().optional(),
  seller_name: z.string().optional(),
  seller_base_region: z.string().optional(),
  granted_scopes: z.array(z.string()).nullish(),
});

function readTokens(data: unknown, now: number): Tokens {
  const read = answer.safeParse(data);
  if (!read.success) {
    const fields = read.error.issues.map(({ path }) => path.join('.')).join(', ');
    throw new TikTokError(`the token that TikTok sent cannot be read (${fields})`, { trouble: 'answer' });
  }
  const { data: got } = read;
  return {
    accessToken: got.access_token,
    accessExpires: until(got.access_token_expire_in, now),
    refreshToken: got.refresh_token,
    refreshExpires: until(got.refresh_token_expire_in, now),
    openId: got.open_id,
    userType: got.user_type,
    name: got.seller_name || undefined,
    region: got.seller_base_region || undefined,
    scopes: got.granted_scopes ?? [],
  };
}

/** In spite of its name `*_expire_in` is a time in Unix seconds. A duration, should it come, is told by its size. */
const until = (value: number, now: number) => (value < 1_000_000_000 ? Math.floor(now) + value : value);
