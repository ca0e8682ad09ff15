import type { Transaction } from 'kysely';
import type { LedgerTables } from './tables.ts';

export type Trx = Transaction<LedgerTables>;

interface Note {
  who: string;
  what: string;
  subject: string;
  before?: unknown;
  after?: unknown;
}

/** Does a change and writes who did it and what, in the same transaction. */
export async function audited<T>(trx: Trx, note: Note, change: () => Promise<T>): Promise<T> {
  const result = await change();
  await writeAudit(trx, note);
  return result;
}

/** Writes who did what, of something that is done already. */
export async function writeAudit(trx: Trx, { who, what, subject, before, after }: Note): Promise<void> {
  const json = (value: unknown) => (value === undefined ? null : JSON.stringify(value));
  await trx
    .insertInto('audit')
    .values({ who, what, subject, before: json(before), after: json(after) })
    .execute();
}
