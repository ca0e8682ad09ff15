import { z } from 'zod';
import { readCurrency } from '../../contract/money.ts';
import { audited, writeAudit, type Trx } from '../audit.ts';
import type { Ledger } from '../tables.ts';
import { firstDayFor, type ExchangeRate } from './exchange.ts';

export const currencyCode = z
  .string()
  .transform((code) => code.toUpperCase())
  .refine((code) => readCurrency(code).ok, 'is no ISO 4217 currency');

/** What an account manager may write: 1 `from` is `rate` `to`. */
export const rateInput = z
  .strictObject({
    from: currencyCode,
    to: currencyCode,
    day: z.iso.date('write a day as 2026-11-24'),
    rate: z
      .string()
      .regex(/^\d{1,15}(\.\d{1,15})?$/, 'write a rate as 16250 or 0.0000615')
      .refine((rate) => /[1-9]/.test(rate), 'a rate is above 0: amounts are divided by it'),
    source: z.string().trim().min(1, 'say where it is from').max(200),
  })
  .refine(({ from, to }) => from !== to, 'a rate is between two currencies');
export type RateInput = z.output<typeof rateInput>;

const columns = ['id', 'from_currency as from', 'to_currency as to', 'day', 'rate', 'source'] as const;

/** The rates that may count on these days (UTC), and those of these numbers. */
export async function loadRates(
  db: Ledger,
  days: readonly string[],
  ids: readonly number[] = [],
): Promise<ExchangeRate[]> {
  if (days.length === 0) return [];
  const [first, last] = [days.reduce((a, b) => (a < b ? a : b)), days.reduce((a, b) => (a > b ? a : b))];
  return db
    .selectFrom('exchange_rates')
    .select(columns)
    .where((where) =>
      where.or([
        where.and([
          where('day', '>=', firstDayFor(first)),
          where('day', '<=', last),
          where('removed_at', 'is', null),
        ]),
        ...(ids.length > 0 ? [where('id', 'in', [...ids])] : []),
      ]),
    )
    .execute();
}

/** What publishers are paid in, of those who say so. */
export async function loadPayIn(db: Ledger): Promise<Map<string, string>> {
  const rows = await db.selectFrom('publishers').select(['id', 'pay_in']).where('pay_in', 'is not', null).execute(); // prettier-ignore
  return new Map(rows.map(({ id, pay_in }) => [id, pay_in!]));
}

/** Stores a rate; one of the same pair and day that was there does not count any more. The same again writes nothing: resolves to false. */
export async function addRate(
  trx: Trx,
  { from, to, day, rate, source }: RateInput,
  who: string,
): Promise<boolean> {
  const rates = trx.selectFrom('exchange_rates').select(['rate', 'source']).where('removed_at', 'is', null);
  const last = await rates.where('from_currency', '=', from).where('to_currency', '=', to).where('day', '=', day).orderBy('id', 'desc').limit(1).executeTakeFirst(); // prettier-ignore
  if (last && plain(last.rate) === plain(rate) && last.source === source) return false;
  const row = { from_currency: from, to_currency: to, day, rate: plain(rate), source, made_by: who };
  const note = {
    who,
    what: 'rate stored',
    subject: `${from}→${to}`,
    before: last,
    after: { day, rate, source },
  };
  await audited(trx, note, () => trx.insertInto('exchange_rates').values(row).execute());
  return true;
}

const plain = (decimal: string) => {
  const [whole = '0', digits = ''] = decimal.split('.');
  const [short, fraction] = [whole.replace(/^0+(?=\d)/, ''), digits.replace(/0+$/, '')];
  return fraction ? `${short}.${fraction}` : short;
};

/** Takes a rate out of use; what was paid by it stays so. Rejects where there is none of this number. */
export async function removeRate(trx: Trx, id: number, who: string): Promise<void> {
  const removed = await trx
    .updateTable('exchange_rates')
    .set({ removed_at: new Date() })
    .where('id', '=', id)
    .where('removed_at', 'is', null)
    .returning(columns)
    .executeTakeFirst();
  if (!removed) throw new Error(`there is no rate ${id}`);
  const { from, to, ...before } = removed;
  await writeAudit(trx, { who, what: 'rate removed', subject: `${from}→${to}`, before });
}

export const rateFilter = z.strictObject({
  from: currencyCode.optional(),
  to: currencyCode.optional(),
  limit: z.number().int().min(1).max(10_000).default(100),
});

/** Rates in force, the newest day first. */
export async function listRates(db: Ledger, { from, to, limit }: z.output<typeof rateFilter>) {
  const rows = await db
    .selectFrom('exchange_rates')
    .select([...columns, 'made_by as by'])
    .where('removed_at', 'is', null)
    .$if(from !== undefined, (query) => query.where('from_currency', '=', from!))
    .$if(to !== undefined, (query) => query.where('to_currency', '=', to!))
    .orderBy('day', 'desc')
    .orderBy('id', 'desc')
    .limit(limit)
    .execute();
  return rows.map((row) => ({ ...row, rate: plain(row.rate) }));
}
