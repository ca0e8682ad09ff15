import { addAmounts } from '../contract/amount.ts';
import type { Trx } from './audit.ts';
import { reattribute } from './reattribute.ts';
import type { Change, OnChange, PartnerSettings } from './record.ts';
import type { ConversionRow } from './row.ts';
import type { Ledger } from './tables.ts';

/** Something that an import adds, changes or replaces; `secret` is shown this once. */
export interface BookChange {
  subject: string;
  what: string;
  from?: string;
  to?: string;
  secret?: string;
}

/** Conversions that a changed rule moves, by whose they were and are; sums of payouts by currency. */
export interface Move {
  from: string;
  to: string;
  conversions: number;
  /** `USD 12.5`, each currency for itself. */
  before: string[];
  after: string[];
}

export interface Moved {
  /** Whether it is done, or would be. */
  done: boolean;
  moves: Move[];
  /** What an import changes of publishers, rules and postbacks. */
  changes?: BookChange[];
}

class RolledBack<T> extends Error {
  readonly result: T;
  constructor(result: T) {
    super('rolled back: this was only the plan');
    this.result = result;
  }
}

/** Does work in one transaction; with `plan` it is rolled back, and what it would have done is told. */
export async function transact<T>(db: Ledger, plan: boolean, work: (trx: Trx) => Promise<T>): Promise<T> {
  try {
    return await db.transaction().execute(async (trx) => {
      const result = await work(trx);
      if (plan) throw new RolledBack(result);
      return result;
    });
  } catch (error) {
    if (error instanceof RolledBack) return error.result as T;
    throw error;
  }
}

/** Changes rules and brings all that is not settled to them. A plan tells nobody. */
export function changeRules(
  db: Ledger,
  { plan, settings, onChange }: { plan: boolean; settings: PartnerSettings; onChange?: OnChange | undefined },
  change: (trx: Trx) => Promise<unknown>,
): Promise<Moved> {
  return transact(db, plan, async (trx) => {
    await change(trx);
    const moves = movesOf(await reattribute(trx, settings, plan ? undefined : onChange));
    return { done: !plan, moves };
  });
}

/** Whose conversions moved to whom, with the payouts before and after. */
export function movesOf(changes: readonly Change[]): Move[] {
  const groups = Map.groupBy(
    changes,
    ({ before, after }) => `${before?.publisher ?? 'nobody'} ${after.publisher}`,
  );
  return [...groups.values()].map((group) => ({
    from: group[0]!.before?.publisher ?? 'nobody',
    to: group[0]!.after.publisher,
    conversions: group.length,
    before: sums(group.flatMap(({ before }) => before ?? [])),
    after: sums(group.map(({ after }) => after)),
  }));
}

function sums(rows: readonly ConversionRow[]): string[] {
  const byCurrency = new Map<string, string>();
  for (const { payout_amount: amount, payout_currency: currency } of rows)
    if (amount !== null && currency !== null)
      byCurrency.set(currency, addAmounts(byCurrency.get(currency) ?? '0', amount));
  return [...byCurrency].map(([currency, amount]) => `${currency} ${amount}`).sort();
}
