import { createHmac } from 'node:crypto';

/** Parameters of a query as TikTok signs them: decoded. A list is sent, but not signed (seen; TikTok's page does not say). */
export type Query = Record<string, string | number | readonly string[] | undefined>;

/** What is signed of a request. */
export interface Signable {
  /** Without host and query. */
  path: string;
  query: Query;
  /** Exactly the text that is sent; empty where there is no body. */
  body?: string | undefined;
}

/** These two are never part of what is signed. */
const unsigned = new Set(['sign', 'access_token']);

/**
 * The text whose HMAC is the signature, as TikTok describes it: the path, every parameter as `{key}{value}` in byte order of the keys,
 * then the body. Wrap it in the app's secret to have all of what is hashed.
 * Source: https://partner.tiktokshop.com/docv2/page/sign-your-api-request
 */
export function textToSign({ path, query, body = '' }: Signable): string {
  const parameters = Object.entries(query)
    .filter(([key, value]) => !unsigned.has(key) && value !== undefined && !Array.isArray(value))
    .sort(([a], [b]) => Buffer.compare(Buffer.from(a), Buffer.from(b)))
    .map(([key, value]) => `${key}${String(value)}`);
  return path + parameters.join('') + body;
}

/** The parameter `sign` of a request: HMAC-SHA256 in lower-case hex, with the app's secret around the text and as the key. */
export function sign(request: Signable, appSecret: string): string {
  return createHmac('sha256', appSecret)
    .update(appSecret + textToSign(request) + appSecret)
    .digest('hex');
}
