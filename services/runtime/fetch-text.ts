import { request } from 'undici';

/** Milliseconds for all of it, bytes of the answer, and redirections that are followed. */
const limits = { time: 5_000, bytes: 65_536, redirections: 3 };

/**
 * Fetches a text by https. Follows redirections on the same host only: keys must come from the house that the manifest names. Rejects
 * with a sentence for whatever is not an answer of 200 within a time and a size. `scheme` is another for stand-ins in tests alone.
 */
export async function fetchText(url: string, scheme: 'https:' | 'http:' = 'https:'): Promise<string> {
  const signal = AbortSignal.timeout(limits.time);
  let target = new URL(url);
  for (let hops = 0; hops <= limits.redirections; hops++) {
    if (target.protocol !== scheme) throw new Error(`${target.protocol} is not ${scheme}`);
    const { statusCode, headers, body } = await request(target, { signal, headers: { accept: '*/*' } });
    if (statusCode === 200) return readWithin(body);
    await body.dump({ limit: limits.bytes, signal });
    if (![301, 302, 303, 307, 308].includes(statusCode)) throw new Error(`answered ${statusCode}`);
    target = redirected(target, String(headers.location ?? ''));
  }
  throw new Error(`redirects more than ${limits.redirections} times`);
}

function redirected(from: URL, location: string): URL {
  if (!URL.canParse(location, from.href)) throw new Error('redirects to no address');
  const to = new URL(location, from);
  if (to.host !== from.host) throw new Error(`redirects to another host, ${to.host}`);
  return to;
}

async function readWithin(body: AsyncIterable<Uint8Array>): Promise<string> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of body) {
    bytes += chunk.length;
    if (bytes > limits.bytes) throw new Error(`is larger than ${limits.bytes} bytes`);
    chunks.push(chunk);
  }
  return new TextDecoder('utf-8', { fatal: true }).decode(Buffer.concat(chunks));
}
