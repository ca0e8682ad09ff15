/**
 * The signature as TikTok's page describes it, step by step, from the bytes that arrived. Nothing of services/ is used: what checks must
 * not be what made.
 * https://partner.tiktokshop.com/docv2/page/sign-your-api-request
 */
import { createHmac } from 'node:crypto';

export function expectedSign(rawUrl: string, body: string, secret: string): string {
  const [path = '', queryText = ''] = rawUrl.split('?');
  // Step 1: all query parameters except sign and access_token, in alphabetical order.
  const pairs: [string, string][] = [];
  for (const piece of queryText.split('&')) {
    const at = piece.indexOf('=');
    const decode = (text: string) => decodeURIComponent(text.replace(/\+/g, ' '));
    const key = decode(piece.slice(0, at));
    if (key !== 'sign' && key !== 'access_token' && key !== '')
      pairs.push([key, decode(piece.slice(at + 1))]);
  }
  pairs.sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
  // Step 2: {key}{value} of each, one after another. Step 3: the path in front. Step 4: the body behind.
  let text = path;
  for (const [key, value] of pairs) text += key + value;
  text += body;
  // Step 5: the secret on both sides. Step 6: HMAC-SHA256 with the secret, as hex.
  const hmac = createHmac('sha256', secret);
  hmac.update(`${secret}${text}${secret}`, 'utf8');
  return hmac.digest('hex');
}
