import type { Values } from './macros.ts';
import { originOf, type PostbackSettings } from './settings.ts';
import { signed, type Secret } from './sign.ts';
import { fill, forUrl, parseTemplate } from './template.ts';

export interface Outgoing {
  method: 'GET' | 'POST';
  url: URL;
  headers: Record<string, string>;
  body: string | null;
}

/** The request of a delivery as of now; the same at each attempt, but for when it is signed. Throws where a value bends the URL. */
export function makeRequest(
  settings: PostbackSettings,
  secrets: readonly Secret[],
  says: Values,
  now: Date,
): Outgoing {
  const { method, sign } = settings;
  const url = new URL(fill(parseTemplate(settings.url), says, forUrl));
  // The template was looked at when it was saved; values come from strangers.
  if (url.origin !== new URL(originOf(settings.url)).origin)
    throw new Error('a value changes where the URL leads');
  const body = method === 'POST' ? JSON.stringify(bodyOf(settings, says)) : null;
  const headers = {
    'user-agent': 'LinkShare',
    accept: '*/*',
    'accept-encoding': 'identity',
    ...(body !== null && { 'content-type': 'application/json' }),
    ...signed(says.deliveryId, now, body ?? '', sign ? secrets : []),
  };
  return { method, url, headers, body };
}

/** All are texts: an amount as a JSON number would be a float for whoever reads it. */
function bodyOf({ body }: PostbackSettings, says: Values): Record<string, string> {
  if (!body) return says;
  return Object.fromEntries(
    Object.entries(body).map(([name, text]) => [name, fill(parseTemplate(text), says, (value) => value)]),
  );
}
