import type { Trx } from '../audit.ts';
import { said, type BookRead } from './book.ts';
import { importPayouts } from './bookPayouts.ts';
import { importRules } from './bookRules.ts';
import { setPostback, type Asked } from '../outbound/postbacks.ts';
import { shown, type PostbackSettings } from '../outbound/settings.ts';
import type { BookChange } from '../plan.ts';
import { addPublisher, setPublisher } from './publishers.ts';

/** Who imports, and whether it is only a plan: then no secret is shown, since none remains. */
export type Importing = Asked & { plan?: boolean };

/** What became of one entry: nothing, or a change. */
type Entry<T> = (entry: T, index: number) => Promise<BookChange | undefined>;

/** Does every entry, so that all that is wrong is told at once, each as `rules.3: why`. */
export async function each<T>(name: string, entries: readonly T[], one: Entry<T>): Promise<BookChange[]> {
  const changes: BookChange[] = [];
  const problems: string[] = [];
  for (const [index, entry] of entries.entries()) {
    try {
      changes.push(...[await one(entry, index)].filter((change) => change !== undefined));
    } catch (error) {
      // What the database itself refused ends the transaction: nothing after it could be done.
      if ((error as { code?: unknown }).code !== undefined) throw error;
      problems.push(`${name}.${index}: ${(error as Error).message}`);
    }
  }
  if (problems.length > 0) throw new Error(problems.join('\n'));
  return changes;
}

/**
 * Adds what is not there yet and changes what is otherwise; removes nothing. The same book twice changes nothing. A rule is the same one
 * where all that says of what it is (publisher, kind, value, partner, offer, first day) is the same. Rejects with all that is wrong.
 */
export async function importBook(trx: Trx, book: BookRead, asked: Importing): Promise<BookChange[]> {
  return [
    ...(await each('publishers', book.publishers, (entry) => importPublisher(trx, entry, asked.who))),
    ...(await importRules(trx, book.rules, asked.who)),
    ...(await importPayouts(trx, book.payouts, asked.who)),
    ...(await each('postbacks', book.postbacks, (entry) => importPostback(trx, entry, asked))),
  ];
}

async function importPublisher(
  trx: Trx,
  entry: BookRead['publishers'][number],
  who: string,
): Promise<BookChange | undefined> {
  const row = () => trx.selectFrom('publishers').select(['name', 'status', 'contacts', 'pay_in']).where('id', '=', entry.id).executeTakeFirst(); // prettier-ignore
  const before = await row();
  if (!before) {
    await addPublisher(trx, entry, who);
    return { subject: entry.id, what: 'publisher added', to: entry.name };
  }
  await setPublisher(trx, entry, who);
  const change = difference(before, (await row())!);
  return change && { subject: entry.id, what: 'publisher changed', ...change };
}

async function importPostback(
  trx: Trx,
  { publisher, on, ...changes }: BookRead['postbacks'][number],
  asked: Importing,
): Promise<BookChange | undefined> {
  const row = () => trx.selectFrom('postbacks').select(['settings', 'off_at']).where('publisher', '=', publisher).executeTakeFirst(); // prettier-ignore
  const before = await row();
  const old = before && (JSON.parse(before.settings) as PostbackSettings);
  const wanted = withSecrets(said(changes), old);
  const isOn = before && before.off_at === null;
  const isSame =
    old && JSON.stringify({ ...old, ...wanted }) === JSON.stringify(old) && (on ?? isOn) === isOn;
  if (isSame) return undefined;
  const { settings, secret } = await setPostback(trx, { publisher, on, ...wanted }, asked);
  const change = old && difference({ ...shown(old), on: isOn }, { ...settings, on: on ?? isOn });
  return {
    subject: publisher,
    what: old ? 'postback changed' : 'postback set',
    ...(change ?? { to: settings.url }),
    ...(secret !== undefined && !asked.plan && { secret }),
  };
}

/** An export shows no secret of a URL: there it stays as it is. */
function withSecrets<T extends { url?: string | undefined }>(
  changes: T,
  old: PostbackSettings | undefined,
): T {
  if (!changes.url?.includes('***')) return changes;
  if (old && shown(old).url === changes.url) return { ...changes, url: old.url };
  throw new Error('url: it says *** where a secret was: write the URL whole');
}

/** What is another, as `name: MKK, status: paused`, before and after. */
function difference(before: object, after: object): { from: string; to: string } | undefined {
  const names = Object.keys(after).filter((name) => text(before, name) !== text(after, name));
  const all = (row: object) => names.map((name) => `${name}: ${text(row, name)}`).join(', ');
  return names.length > 0 ? { from: all(before), to: all(after) } : undefined;
}

function text(row: object, name: string): string {
  const value = (row as Record<string, unknown>)[name];
  return typeof value === 'string' ? value : JSON.stringify(value ?? null);
}
