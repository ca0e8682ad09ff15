import { sql } from 'kysely';
import type { Statement } from '../statements.ts';
import type { Ledger } from '../tables.ts';

/** Closed months, newest first; of one publisher or of all. */
export async function listStatements(db: Ledger, publisher?: string): Promise<Statement[]> {
  const { rows } = await sql<Statement>`
    select s.id, s.publisher, s.month, s.currency, s.total::text,
      (select count(*)::int from statement_lines l where l.statement = s.id) as lines
    from statements s where ${publisher ?? null}::text is null or s.publisher = ${publisher ?? null}
    order by s.month desc, s.publisher, s.currency`.execute(db);
  return rows;
}

/** What a publisher's statements of a month hold, without our commission: it may be sent to them as it is. */
export async function showStatement(db: Ledger, publisher: string, month: string) {
  const { rows } = await sql<{
    currency: string;
    key: string;
    amount: string;
    reason: string;
    conversion: string;
  }>`
    select s.currency, l.key, l.amount::text, l.reason, c.conversion_id as conversion, c.partner, c.order_id, c.occurred_at,
      c.status, c.sale_amount::text, c.sale_currency
    from statements s join statement_lines l on l.statement = s.id join conversions c on c.key = l.key
    where s.publisher = ${publisher} and s.month = ${month} order by s.currency, l.key`.execute(db);
  const statements = (await listStatements(db, publisher)).filter((each) => each.month === month);
  if (statements.length === 0) throw new Error(`${month} of ${publisher} is not closed`);
  return { statements, lines: rows };
}
