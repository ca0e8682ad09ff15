import { sql } from 'kysely';
import type { ConversionEvent } from '../contract/event.ts';
import type { Money } from '../contract/money.ts';
import type { AttributionRule } from './publishers/attribution.ts';
import type { PayoutRule } from './payouts/payout.ts';
import type { Ledger } from './tables.ts';

/** The rules in force that say whose a conversion is. */
export function loadAttributionRules(db: Ledger): Promise<AttributionRule[]> {
  return db
    .selectFrom('attribution_rules')
    .select(['id', 'publisher', 'kind', 'value', 'partner', 'priority', 'since', 'until'])
    .where('removed_at', 'is', null)
    .orderBy('id')
    .execute();
}

/** Every version of every payout rule: a conversion keeps the one that it was reckoned by. */
export async function loadPayoutRules(db: Ledger): Promise<(PayoutRule & { removed: boolean })[]> {
  const rows = await db.selectFrom('payout_rules').selectAll().orderBy('id').execute();
  return rows.map(({ id, publisher, partner, offer, kind, rate, since, until, ...row }) => {
    const money = (amount: string | null): Money | null =>
      amount === null ? null : { amount: plain(amount), currency: row.currency! };
    return {
      ...{ id, publisher, partner, offer, kind, rate: rate === null ? null : plain(rate), since, until },
      fixed: money(row.fixed),
      cap: money(row.cap),
      minimum: money(row.minimum),
      holdDays: row.hold_days,
      removed: row.removed_at !== null,
    };
  });
}

/** Postgres keeps the zeros with which a number was written: `2.50`. */
const plain = (decimal: string) => (decimal.includes('.') ? decimal.replace(/\.?0+$/, '') : decimal);

/** The owners of the click ids that histories name. */
export async function clickOwners(
  db: Ledger,
  histories: ReadonlyMap<string, readonly ConversionEvent[]>,
): Promise<Map<string, string>> {
  const ids = new Set([...histories.values()].flat().flatMap(({ clickId }) => clickId ?? []));
  if (ids.size === 0) return new Map();
  const rows = await db
    .selectFrom('clicks')
    .select(['id', 'publisher'])
    .where('id', '=', sql<string>`any(${sql.val([...ids])}::text[])`)
    .execute();
  return new Map(rows.map(({ id, publisher }) => [id, publisher]));
}
