import { sql } from 'kysely';
import type { Ledger } from '../tables.ts';

/** What sales that are owed or paid bring, in one currency of commission: each currency for itself. */
export interface Sums {
  currency: string;
  conversions: number;
  commission: string;
  /** What publishers get of it, in that currency; and as they are paid, `USD 2.76`. */
  cost: string;
  payouts: string[];
  margin: string;
}

/** Commission, payouts and margin of all sales whose payout is not held, by the currency of their commission. */
export async function sums(db: Ledger): Promise<Sums[]> {
  const { rows } = await sql<Sums>`
    with earned as (
      select commission_currency as currency, payout_currency, count(*)::int as conversions,
        sum(commission_amount) as commission, sum(payout_cost) as cost, sum(payout_amount) as payout
      from conversions where payout_held is null and payout_amount is not null and commission_amount is not null
      group by commission_currency, payout_currency)
    select currency, sum(conversions)::int as conversions, trim_scale(sum(commission))::text as commission,
      trim_scale(sum(cost))::text as cost, trim_scale(sum(commission) - sum(cost))::text as margin,
      array_agg(payout_currency || ' ' || trim_scale(payout)::text order by payout_currency) as payouts
    from earned group by currency order by currency`.execute(db);
  return rows;
}
