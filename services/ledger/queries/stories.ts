import { sql } from 'kysely';
import type { ConversionEvent } from '../../contract/event.ts';
import type { Ledger } from '../tables.ts';

/** One conversion with all that happened to it, for people. */
export interface Story {
  partner: string;
  conversion: string;
  status: string;
  /** `2.5 USD`, or null. */
  sale: string | null;
  commission: string | null;
  publisher: string;
  attributedBy: string;
  payout: string | null;
  /** What is left of the commission. */
  margin: string | null;
  /** The stored rate by which the payout was converted: `USD→IDR 16250 of 2026-11-20, bank`. */
  rate: string | null;
  held: string | null;
  /** Closed months in which it stands, with what was settled. */
  settled: string[];
  /** Oldest first. */
  events: { receivedAt: string; status: string; via: string; verified: boolean }[];
  /** What publishers were told of it, oldest first. */
  deliveries: { publisher: string; said: string; state: string; attempts: number; why: string | null }[];
}

/** The conversions that changed last, newest first. */
export async function recentStories(db: Ledger, limit: number): Promise<Story[]> {
  const { rows } = await sql<Omit<Story, 'events'> & { history: string[] }>`
    select c.partner, concat_ws(' / ', c.conversion_id, c.line_id) as conversion, c.status, c.publisher,
      c.attributed_by || coalesce(' (rule ' || c.attribution_rule || ')', '') as "attributedBy", c.payout_held as held,
      trim_scale(c.sale_amount)::text || ' ' || c.sale_currency as sale,
      trim_scale(c.commission_amount)::text || ' ' || c.commission_currency as commission,
      trim_scale(c.payout_amount)::text || ' ' || c.payout_currency as payout,
      trim_scale(c.commission_amount - c.payout_cost)::text || ' ' || c.commission_currency as margin,
      (select r.from_currency || '→' || r.to_currency || ' ' || trim_scale(r.rate)::text || ' of ' || r.day || ', ' || r.source
        from exchange_rates r where r.id = c.payout_exchange and c.payout_amount is not null) as rate,
      array(select e.data from events e where e.key = c.key order by e.received_at, e.seq limit 50) as history,
      array(select s.month || ': ' || trim_scale(l.amount)::text || ' ' || s.currency from statement_lines l
        join statements s on s.id = l.statement where l.key = c.key order by s.month) as settled,
      coalesce((select json_agg(d order by d.seq) from (
        select d.seq, d.publisher, d.says::json ->> 'status' as said, d.state, d.attempts,
          (select a.error from delivery_attempts a where a.delivery = d.id order by a.number desc limit 1) as why
        from deliveries d where d.key = c.key order by d.seq desc limit 20) d), '[]') as deliveries
    from conversions c order by c.changed_at desc limit ${limit}`.execute(db);
  return rows.map(({ history, ...row }) => ({ ...row, events: history.map(eventOf) }));
}

function eventOf(data: string): Story['events'][number] {
  const { receivedAt, status, via, verified } = JSON.parse(data) as ConversionEvent;
  return { receivedAt, status, via, verified };
}
