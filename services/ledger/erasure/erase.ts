import { sql } from 'kysely';
import { z } from 'zod';
import type { ConversionEvent } from '../../contract/event.ts';
import { writeAudit, type Trx } from '../audit.ts';
import type { Values } from '../outbound/macros.ts';
import { lock, refold, type PartnerSettings } from '../record.ts';
import { eraseAside, type Aside } from './aside.ts';
import { forgetCompared } from './compared.ts';
import { forgetSaid } from './forget.ts';
import { isNamedIn, named, spellings, type Named } from './named.ts';
import { loadPins } from './pins.ts';

export const eraseInput = z.strictObject({
  named,
  /** Also requests that could never be read: what sale they tell of is lost with them. */
  unread: z.boolean().default(false),
  reason: z.string().min(10, 'say why, in a sentence'),
});

export interface Erased extends Aside {
  /** Conversions that named them: their keys. Amounts, status and whose they are stay. */
  conversions: string[];
  /** Ids of their events: what was kept elsewhere is found by these. */
  events: string[];
  deliveries: number;
  clicks: number;
}

/**
 * Takes a person's data out of the ledger: requests, addresses, click and sub ids, order numbers and whatever else a manifest kept. The
 * sales stay, and fold to the same amounts; they stay whose they are. What comes of them later is kept without it too. Once is as twice.
 * The audit has who and why, and not whom.
 */
export async function erase(
  trx: Trx,
  { named, unread, reason }: z.output<typeof eraseInput>,
  { who, settings }: { who: string; settings: PartnerSettings },
): Promise<Erased> {
  const keys = await keysNamed(trx, named);
  const known = await loadPins(trx, keys);
  const fresh = keys.filter((key) => !known.has(key));
  const clicks = await forgetClicks(trx, fresh, named);
  await forgetCompared(trx, fresh);
  const events = await forgetSales(trx, fresh, settings);
  const deliveries = await forgetDeliveries(trx, fresh);
  const aside = await eraseAside(trx, named.value, unread);
  const result = { conversions: fresh, events, deliveries, clicks, ...aside };
  const after = { by: named.by, reason, ...countsOf(result) };
  if (isAnything(result)) await writeAudit(trx, { who, what: 'a person erased', subject: 'ledger', after }); // prettier-ignore
  return result;
}

const countsOf = (result: Erased) =>
  Object.fromEntries(Object.entries(result).map(([name, value]) => [name, typeof value === 'number' ? value : (value as unknown[]).length])); // prettier-ignore

const isAnything = ({ unread: _, ...result }: Erased) =>
  Object.values(countsOf({ ...result, unread: [] })).some((count) => count > 0);

async function keysNamed(trx: Trx, named: Named): Promise<string[]> {
  const { rows } = await sql<{ key: string; data: string }>`
    select key, data from events
    where exists (select from unnest(${sql.val(spellings(named.value))}::text[]) s where position(s in lower(data)) > 0)
      or position('"bodyIn":"base64"' in data) > 0`.execute(trx);
  const naming = rows.filter(({ data }) => isNamedIn(named, JSON.parse(data) as ConversionEvent));
  return [...new Set(naming.map(({ key }) => key))].sort();
}

/** Pinned first: folding again then takes out what names them, under the same locks as recording. Resolves to the events' ids. */
async function forgetSales(trx: Trx, keys: readonly string[], settings: PartnerSettings): Promise<string[]> {
  if (keys.length === 0) return [];
  await lock(trx, keys);
  const these = sql`any(${sql.val(keys)}::text[])`;
  await sql`
    insert into erased (key, publisher, attributed_by, attribution_rule)
    select key, publisher, attributed_by, attribution_rule from conversions where key = ${these}
    on conflict (key) do nothing`.execute(trx);
  await refold(trx, keys, settings);
  const { rows } = await sql<{ id: string }>`select distinct id from events where key = ${these} order by 1`.execute(trx); // prettier-ignore
  return rows.map(({ id }) => id);
}

/** Of the links that led to these sales. */
async function forgetClicks(trx: Trx, keys: readonly string[], { by, value }: Named): Promise<number> {
  const { rows } = await sql<{ id: string }>`
    delete from clicks where id = ${by === 'clickId' ? value : null}
      or id in (select click_id from conversions where key = any(${sql.val(keys)}::text[]))
    returning id`.execute(trx);
  return rows.length;
}

/** What their publishers were told of these sales, and answered. What still waits is told without it. */
async function forgetDeliveries(trx: Trx, keys: readonly string[]): Promise<number> {
  const rows = await trx
    .selectFrom('deliveries')
    .select(['id', 'key', 'says'])
    .where('key', '=', sql<string>`any(${sql.val(keys)}::text[])`)
    .execute();
  for (const { id, key, says } of rows) {
    const after = JSON.stringify(forgetSaid(key, JSON.parse(says) as Values));
    await trx.updateTable('deliveries').set({ says: after, said: 'erased' }).where('id', '=', id).execute();
    await trx.updateTable('delivery_attempts').set({ answer: '', error: null }).where('delivery', '=', id).execute(); // prettier-ignore
  }
  return rows.length;
}
