import { sql } from 'kysely';
import type { Trx } from '../audit.ts';

/**
 * Writes our side of a statement's lines: the commission and what its payouts cost of it, in the commission's currency. Of each conversion
 * only what earlier lines of it do not say yet, so that the months add up to what is true now, also where its commission is another now.
 */
export async function writeCommissions(trx: Trx, statement: number): Promise<void> {
  await sql`
    insert into statement_commissions (statement, key, currency, commission, cost)
    with before as (
      select key, currency, sum(commission) as commission, sum(cost) as cost from statement_commissions
      where key in (select key from statement_lines where statement = ${statement}) group by key, currency),
    now as (
      select c.key, c.commission_currency as currency,
        case when c.payout_amount is null then 0 else c.commission_amount end as commission,
        case when c.payout_amount is null then 0 else coalesce(c.payout_cost, 0) end as cost
      from statement_lines l join conversions c on c.key = l.key
      where l.statement = ${statement} and c.commission_amount is not null)
    select ${statement}::bigint, coalesce(n.key, b.key), coalesce(n.currency, b.currency),
      coalesce(n.commission, 0) - coalesce(b.commission, 0), coalesce(n.cost, 0) - coalesce(b.cost, 0)
    from now n full join before b on n.key = b.key and n.currency = b.currency
    where coalesce(n.commission, 0) <> coalesce(b.commission, 0) or coalesce(n.cost, 0) <> coalesce(b.cost, 0)`.execute(
    trx,
  );
}
