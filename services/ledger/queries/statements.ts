import { sql } from 'kysely';
import type { Statement } from '../payouts/statements.ts';
import type { Ledger } from '../tables.ts';
import { statementLines } from './statementLines.ts';

/** A closed month of a publisher in one currency, with what is left of our commission: each currency for itself, `USD 0.305`. */
export interface StatementSums extends Statement {
  commission: string[];
  margin: string[];
}

/** Closed months, newest first; of one publisher or of all. */
export async function listStatements(db: Ledger, publisher?: string): Promise<StatementSums[]> {
  const { rows } = await sql<StatementSums>`
    with sums as (
      select statement, currency, sum(commission) as commission, sum(commission - cost) as margin
      from statement_commissions group by statement, currency)
    select s.id, s.publisher, s.month, s.currency, trim_scale(s.total)::text as total,
      (select count(*)::int from statement_lines l where l.statement = s.id) as lines,
      array(select currency || ' ' || trim_scale(commission)::text from sums where statement = s.id order by currency) as commission,
      array(select currency || ' ' || trim_scale(margin)::text from sums where statement = s.id order by currency) as margin
    from statements s where ${publisher ?? null}::text is null or s.publisher = ${publisher ?? null}
    order by s.month desc, s.publisher, s.currency`.execute(db);
  return rows;
}

/** What a publisher's statements of a month add up to, and their lines. Of the lines at most 1,000: `payout export` has all. */
export async function showStatement(db: Ledger, publisher: string, month: string) {
  const statements = (await listStatements(db, publisher)).filter((each) => each.month === month);
  if (statements.length === 0) throw new Error(`${month} of ${publisher} is not closed`);
  const lines = await statementLines(db, { publisher, month, internal: false, limit: 1_000 });
  return { statements, lines };
}
