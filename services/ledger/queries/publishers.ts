import { sql } from 'kysely';
import { listApiKeys } from '../publishers/apiKeys.ts';
import { publisherOf } from '../publishers/publishers.ts';
import { loadAttributionRules } from '../rules.ts';
import type { Ledger } from '../tables.ts';
import { listPayoutRules } from './payoutRules.ts';

/** Every publisher with how many conversions are theirs, and what is owed: payouts that are not held, less what is settled. */
export async function listPublishers(db: Ledger) {
  const { rows } = await sql<{
    id: string;
    name: string;
    status: string;
    payIn: string | null;
    conversions: number;
    owed: string[];
  }>`
    select p.id, p.name, p.status, p.pay_in as "payIn",
      (select count(*)::int from conversions c where c.publisher = p.id) as conversions,
      coalesce((select array_agg(currency || ' ' || trim_scale(amount)::text order by currency) from (
        select currency, sum(amount) as amount from (
          select payout_currency as currency, payout_amount as amount from conversions
          where publisher = p.id and payout_held is null and payout_amount is not null
          union all
          select s.currency, -l.amount from statement_lines l join statements s on s.id = l.statement where s.publisher = p.id
        ) both_sides group by currency having sum(amount) <> 0) owed), '{}') as owed
    from publishers p order by p.id`.execute(db);
  return rows;
}

/** One publisher with its rules and what was changed last. Rejects where there is none. */
export async function showPublisher(db: Ledger, id: string) {
  const publisher = (await listPublishers(db)).find((each) => each.id === id);
  if (!publisher) throw new Error(`there is no publisher "${id}"`);
  const rules = (await loadAttributionRules(db)).filter((rule) => rule.publisher === id);
  const { contacts } = await publisherOf(db, id);
  const payouts = await listPayoutRules(db, id);
  const keys = await listApiKeys(db, id);
  const audit = await db
    .selectFrom('audit')
    .select(['at', 'who', 'what', 'after'])
    .where('subject', '=', id)
    .orderBy('seq', 'desc')
    .limit(20)
    .execute();
  return {
    ...publisher,
    contacts: JSON.parse(contacts) as Record<string, string>,
    rules,
    payouts,
    keys,
    audit,
  };
}
