import { z } from 'zod';
import type { Incoming } from '../../runtime/httpClient.ts';
import type { Connector } from '../connector.ts';
import { converse, FetchError, hostOf, readJson, type Conversation } from '../http.ts';
import { numberedPages, type NumberedPage } from '../pages.ts';

const network = 'Involve Asia';

/** The most that they give at once. */
const pageSize = 100;

/**
 * Involve Asia's conversions by the day of the sale, whatever has become of them since. A token is good for two hours; one that is refused
 * is fetched anew, once a page. Days are taken for Kuala Lumpur's, which nobody has confirmed: a day more at both ends costs some rows.
 * Source: https://api.involve.asia/docs/
 */
export const involveConversions: Connector = async function* (context) {
  const { since, until, settings } = context;
  const host = hostOf(settings, 'https://api.involve.asia');
  const conversation = converse(context, { network, most: { calls: 60, ms: 61_000 } });
  const post = (path: string, form: Record<string, string>, token?: string) =>
    conversation.send(() => ({
      method: 'POST',
      url: new URL(path, host),
      headers: { accept: 'application/json', 'content-type': 'application/x-www-form-urlencoded', ...(token !== undefined && { authorization: `Bearer ${token}` }) }, // prettier-ignore
      body: new URLSearchParams(form).toString(),
    }));
  const [key, secret] = [await context.secret('api-key'), await context.secret('api-secret')];
  const days = { start_date: dayOf(since), end_date: dayOf(new Date(until.getTime() - 1)) };
  const currency: Record<string, string> = settings.currency === undefined ? {} : { 'filters[preferred_currency]': settings.currency }; // prettier-ignore
  let token: string | undefined;
  try {
    yield* numberedPages(network, async (page) => {
      const form = { ...days, ...currency, page: String(page), limit: String(pageSize) };
      token ??= await authenticate(post, key, secret);
      let answer = await post('/api/conversions/range', form, token);
      if (answer.status === 401 && speaksOfToken(answer)) {
        token = await authenticate(post, key, secret);
        answer = await post('/api/conversions/range', form, token);
      }
      return readPage(answer);
    });
  } finally {
    await conversation.close();
  }
};

type Post = (path: string, form: Record<string, string>, token?: string) => ReturnType<Conversation['send']>;

const granted = z.object({ data: z.object({ token: z.string().min(1) }) });

async function authenticate(post: Post, key: string, secret: string): Promise<string> {
  const answer = await post('/api/authenticate', { key, secret });
  const read = granted.safeParse(readJson(network, answer));
  if (read.success && answer.status < 400) return read.data.data.token;
  throw new FetchError(
    `${network} gives no token (HTTP ${answer.status}${saidBy(answer, [key, secret])}). Copy key and secret from app.involve.asia, ` +
      'Tools > API, into new versions of the secrets api-key and api-secret of this account',
  );
}

/** A missing parameter is a 401 of theirs, too; those of the token come without their usual envelope. */
function speaksOfToken(answer: Incoming): boolean {
  const { status } = Object(readJson(network, answer)) as { status?: unknown };
  return status === undefined;
}

const list = z.object({
  status: z.literal('success'),
  data: z.object({ data: z.array(z.unknown()), count: z.coerce.number().optional().catch(undefined) }),
});

function readPage(answer: Incoming): NumberedPage {
  const read = list.safeParse(readJson(network, answer));
  if (read.success && answer.status < 400) {
    const { data, count } = read.data.data;
    return { text: answer.text, rows: data.length, total: count };
  }
  throw new FetchError(
    `${network} gives no conversions (HTTP ${answer.status}${saidBy(answer, [])}): ask them what has changed`,
  );
}

/** What their answer says, without what it may repeat of a secret. */
function saidBy({ text }: Incoming, secrets: readonly string[]): string {
  const { message } = Object(JSON.parse(text)) as { message?: unknown };
  if (typeof message !== 'string') return '';
  return `: ${secrets.reduce((said, secret) => said.replaceAll(secret, '***'), message).slice(0, 200)}`;
}

/** The day in Kuala Lumpur (UTC+8, without summer time), as they write it. */
const dayOf = (time: Date) => new Date(time.getTime() + 8 * 3_600_000).toISOString().slice(0, 10);
