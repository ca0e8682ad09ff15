import { sql } from 'kysely';
import { z } from 'zod';
import { publisherId } from '../inputs.ts';
import type { Ledger } from '../tables.ts';

export const linesFilter = z.strictObject({
  publisher: publisherId,
  month: z.string(),
  /** With our commission and what is left of it. */
  internal: z.boolean().default(false),
  /** The place of the last line of the page before. */
  after: z.strictObject({ statement: z.number().int(), key: z.string() }).optional(),
  limit: z.number().int().min(1).max(5_000).default(1_000),
});

/** A line of a closed month, as its conversion is known now; amounts are as they were settled. */
export interface StatementLine {
  statement: number;
  key: string;
  partner: string;
  conversion: string;
  line: string | null;
  order: string | null;
  offer: string | null;
  subId: string | null;
  clickId: string | null;
  occurredAt: string | null;
  status: string;
  sale: string | null;
  saleCurrency: string | null;
  /** earned, or adjusted: the difference to what was settled before. */
  reason: string;
  amount: string;
  currency: string;
  /** By which it was converted: `USD→IDR 16250`, its day and who says so. */
  rate: string | null;
  rateDay: string | null;
  rateSource: string | null;
}

/** One for each currency of the commission: more than one only where it is another than it was. */
export interface OurSide {
  currency: string;
  commission: string;
  cost: string;
  margin: string;
}

export type InternalLine = StatementLine & { rule: number | null; attributedBy: string; ours: OurSide[] };

/** A page of the lines of a publisher's month, by statement and key; without our commission unless it is asked for. */
export async function statementLines(
  db: Ledger,
  { publisher, month, internal, after, limit }: z.output<typeof linesFilter>,
): Promise<(StatementLine | InternalLine)[]> {
  const { rows } = await sql<StatementLine & { state: string }>`
    select l.statement, l.key, c.partner, c.conversion_id as conversion, c.line_id as line, c.order_id as "order", c.offer_id as offer,
      c.state, c.click_id as "clickId", to_char(c.occurred_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as "occurredAt", c.status,
      trim_scale(c.sale_amount)::text as sale, c.sale_currency as "saleCurrency",
      l.reason, trim_scale(l.amount)::text as amount, s.currency,
      r.from_currency || '→' || r.to_currency || ' ' || trim_scale(r.rate)::text as rate, r.day as "rateDay", r.source as "rateSource"
      ${internal ? ours : sql``}
    from statements s join statement_lines l on l.statement = s.id join conversions c on c.key = l.key
      left join exchange_rates r on r.id = c.payout_exchange
    where s.publisher = ${publisher} and s.month = ${month}
      and (${after === undefined}::boolean or (l.statement, l.key) > (${after?.statement ?? 0}::bigint, ${after?.key ?? ''}::text))
    order by l.statement, l.key limit ${limit}`.execute(db);
  return rows.map(({ state, ...row }) => ({ ...row, subId: subIdOf(state) }));
}

const ours = sql`, c.payout_rule as rule, c.attributed_by as "attributedBy",
  coalesce((select json_agg(json_build_object('currency', o.currency, 'commission', trim_scale(o.commission)::text,
    'cost', trim_scale(o.cost)::text, 'margin', trim_scale(o.commission - o.cost)::text) order by o.currency)
    from statement_commissions o where o.statement = l.statement and o.key = l.key), '[]') as ours`;

/** What named the publisher: theirs to know. */
function subIdOf(state: string): string | null {
  const { publisherRef, subIds = [] } = JSON.parse(state) as { publisherRef?: string; subIds?: string[] };
  return publisherRef ?? subIds.find((id) => id !== '') ?? null;
}
