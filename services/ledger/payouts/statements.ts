import { sql } from 'kysely';
import { audited, type Trx } from '../audit.ts';
import { noRate } from '../exchange/exchange.ts';
import { publisherOf } from '../publishers/publishers.ts';
import { writeCommissions } from './statementCommissions.ts';

export interface Statement {
  id: number;
  publisher: string;
  /** yyyy-mm, UTC. */
  month: string;
  currency: string;
  total: string;
  lines: number;
}

/**
 * Closes a publisher's month: what became payable by its end (UTC) and stands in no statement yet, and the difference where something
 * settled earlier is owed otherwise now; one statement per currency. Afterwards those conversions stay this publisher's, by the same
 * rule; what changes goes to a later month. Rejects where the month is not over, or is closed.
 */
export async function closeMonth(
  trx: Trx,
  publisher: string,
  month: string,
  who: string,
  now: Date,
): Promise<Statement[]> {
  await publisherOf(trx, publisher);
  const end = endOf(month);
  if (end > now) throw new Error(`${month} is not over`);
  await sql`select pg_advisory_xact_lock(hashtextextended(${`statement ${publisher}`}, 0))`.execute(trx);
  const closed = await trx.selectFrom('statements').select('id').where('publisher', '=', publisher).where('month', '>=', month).executeTakeFirst(); // prettier-ignore
  if (closed)
    throw new Error(`${month} or a later month of ${publisher} is closed: what changed goes to the next`);
  const due = await dueLines(trx, publisher, end);
  const byCurrency = Map.groupBy(due, ({ currency }) => currency);
  return audited(
    trx,
    { who, what: 'month closed', subject: publisher, after: { month, lines: due.length } },
    async () => {
      const statements: Statement[] = [];
      for (const [currency, lines] of byCurrency) statements.push(await write(trx, { publisher, month, currency }, lines, who)); // prettier-ignore
      return statements;
    },
  );
}

/** The first moment after a month, UTC. Throws for what is no month. */
function endOf(month: string): Date {
  const [, year, number] = /^(\d{4})-(0[1-9]|1[0-2])$/.exec(month) ?? [];
  if (year === undefined) throw new Error(`"${month}" is no month such as 2026-10`);
  return new Date(Date.UTC(Number(year), Number(number), 1));
}

interface Line {
  key: string;
  currency: string;
  amount: string;
  reason: string;
}

/** What is undecided again after it was settled stays settled until it is decided. */
async function dueLines(trx: Trx, publisher: string, end: Date): Promise<Line[]> {
  const { rows } = await sql<Line>`
    with settled as (
      select l.key, s.currency, sum(l.amount) as amount
      from statement_lines l join statements s on s.id = l.statement
      where s.publisher = ${publisher} group by l.key, s.currency),
    due as (
      select key, payout_currency as currency, payout_amount as amount from conversions
      where publisher = ${publisher} and payout_held is null and payout_amount is not null
        and (payable_at < ${end} or key in (select key from settled))),
    undecided as (
      select key from conversions where publisher = ${publisher} and payout_held is not null
        and (payout_amount is not null or payout_held like ${`${noRate} %`}))
    select coalesce(d.key, s.key) as key, coalesce(d.currency, s.currency) as currency,
      trim_scale(coalesce(d.amount, 0) - coalesce(s.amount, 0))::text as amount,
      case when s.key is null then 'earned' else 'adjusted' end as reason
    from due d full join settled s on d.key = s.key and d.currency = s.currency
    where coalesce(d.amount, 0) <> coalesce(s.amount, 0)
      and not (d.key is null and s.key in (select key from undecided))
    order by 1`.execute(trx);
  return rows;
}

async function write(
  trx: Trx,
  of: Pick<Statement, 'publisher' | 'month' | 'currency'>,
  lines: readonly Line[],
  who: string,
): Promise<Statement> {
  const { id } = await trx
    .insertInto('statements')
    .values({ ...of, total: '0', closed_by: who })
    .returning('id')
    .executeTakeFirstOrThrow();
  await sql`
    insert into statement_lines (statement, key, amount, reason)
    select ${id}::bigint, key, amount, reason from json_populate_recordset(null::statement_lines, ${JSON.stringify(lines)}::json)`.execute(
    trx,
  );
  await writeCommissions(trx, id);
  const { rows } = await sql<{ total: string }>`
    update statements set total = (select trim_scale(sum(amount)) from statement_lines where statement = ${id}) where id = ${id}
    returning total::text`.execute(trx);
  return { id, ...of, total: rows[0]!.total, lines: lines.length };
}
