/** Names of parameters whose values nobody may read in a log. */
const secret = new Set(['sign', 'access_token', 'refresh_token', 'app_secret', 'auth_code', 'code']);

/** A query as it may be shown. */
export function maskQuery(query: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(query).map(([key, value]) => [key, secret.has(key) ? '***' : value]),
  );
}

/** Takes every secret out of a text, whoever wrote it there: an answer may repeat what it was asked. */
export function maskText(text: string, secrets: readonly (string | undefined)[]): string {
  return secrets.reduce<string>((masked, each) => (each ? masked.replaceAll(each, '***') : masked), text);
}

/** Enough of a token to tell two apart. */
export const hintOf = (token: string): string => `..${token.slice(-4)}`;
