import { sql } from 'kysely';
import type { ConversionEvent } from '../../services/contract/event.ts';
import { createIntake } from '../../services/ledger/intake.ts';
import { operate } from '../../services/ledger/operations.ts';
import { enqueueDeliveries } from '../../services/ledger/outbound/enqueue.ts';
import { record } from '../../services/ledger/record.ts';
import { sampleBook } from '../../services/ledger/sample.ts';
import { readTables } from '../../services/ledger/dump/catalog.ts';
import type { Ledger } from '../../services/ledger/tables.ts';
import { anEvent, minutes } from './events.ts';

export const settings = { repeatWindow: () => 3_600_000, paysUnverified: () => false };
export const now = new Date('2026-12-05T00:00:00Z');
const raw = { method: 'GET', path: '/acme', query: 'id=1&ip=203.0.113.7', headers: { 'user-agent': 'Phone' }, address: '198.51.100.2' }; // prettier-ignore
const head = { version: 1, partner: 'acme', receivedAt: minutes(0), raw };

export const ask = <T = unknown>(db: Ledger, name: string, args: object, who = 'ann') =>
  operate({ db, partners: [], liveSecrets: () => () => [], settings, who, now }, name, args) as Promise<T>;

/** A sale of MKK's, as one would be told of it. */
export const sale = (id: string, changes: Parameters<typeof anEvent>[0] = {}): ConversionEvent => ({
  ...anEvent({
    conversionId: id,
    publisherRef: 'MKK-home',
    subIds: ['', 'MKK-home'],
    clickId: `click-${id}`,
    orderId: `order-${id}`,
    saleAmount: { amount: '42.5', currency: 'USD' },
    commission: { amount: '2.975', currency: 'USD' },
    occurredAt: '2026-11-20T00:00:00.000Z',
    extra: { phone: '+84 90 123' },
    ...changes,
  }),
  raw: changes.raw ?? raw,
});

/** Fills a ledger with something in every one of its tables: texts that break careless formats among them. */
export async function fillLedger(db: Ledger): Promise<void> {
  const intake = createIntake(db, settings, enqueueDeliveries);
  await ask(db, 'import', { book: sampleBook });
  await ask(db, 'publisher-set', { id: 'mkk', contacts: { mail: 'a@example.com' } });
  await ask(db, 'key-add', { publisher: 'mkk', name: 'daily' });
  await ask(db, 'postback-set', { publisher: 'mkk', url: 'https://example.com/{clickId}', method: 'POST', sign: true }); // prettier-ignore
  await db.insertInto('clicks').values({ id: 'click-9', publisher: 'cary' }).execute();
  const odd = 'a"b\\c\n\r\u2028\u2029\u0000 é 中 😀 \\N';
  await record(db, [sale('1'), sale('2', { partnerStatus: odd, extra: { odd } }), sale('9'), sale('house', { publisherRef: 'x', subIds: [] })], settings, enqueueDeliveries); // prettier-ignore
  const quarantined = { ...head, id: 'q', verified: true, reasons: [{ field: 'status', why: 'is unknown', value: odd }] }; // prettier-ignore
  await intake.take('quarantine', [JSON.stringify(quarantined)]);
  await intake.take('refused', [JSON.stringify({ ...head, id: 'r', conversionId: odd, why: 'wrong secret' })]); // prettier-ignore
  await intake.take('conversions', [`poison ${odd}`]);
  await ask(db, 'payout-close', { publisher: 'mkk', month: '2026-11' });
  await record(db, [sale('1', { status: 'reversed', receivedAt: minutes(9) })], settings, enqueueDeliveries);
  await attempt(db);
}

async function attempt(db: Ledger): Promise<void> {
  const { id } = await db.selectFrom('deliveries').select('id').orderBy('seq').executeTakeFirstOrThrow();
  const row = { delivery: id, number: 1, at: now, ms: 12, status: 500, answer: 'click-1 \t"no"', error: 'it answered 500' }; // prettier-ignore
  await db.insertInto('delivery_attempts').values(row).execute();
}

/** Every row of every table as PostgreSQL writes it, by table; of those only where some are named. */
export async function allRows(db: Ledger, but: readonly string[] = []): Promise<Record<string, string[]>> {
  const all: Record<string, string[]> = {};
  for (const { name } of await readTables(db)) {
    if (but.includes(name)) continue;
    const { rows } = await sql<{ row: string }>`
      select row_to_json(t)::text as row from ${sql.table(name)} t order by 1`.execute(db);
    all[name] = rows.map(({ row }) => row);
  }
  return all;
}
