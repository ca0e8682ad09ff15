import { addAmounts } from '../contract/amount.ts';
import type { Trx } from './audit.ts';
import { reattribute } from './reattribute.ts';
import type { Change, OnChange, PartnerSettings } from './record.ts';
import type { ConversionRow } from './row.ts';
import type { Ledger } from './tables.ts';

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
}

class Planned extends Error {
  readonly moved: Moved;
  constructor(moved: Moved) {
    super('rolled back: this was only the plan');
    this.moved = moved;
  }
}

/**
 * Changes rules and brings all that is not settled to them, in one transaction; with `plan` it is rolled back, and what it would have
 * moved is told.
 */
export async function changeRules(
  db: Ledger,
  { plan, settings, onChange }: { plan: boolean; settings: PartnerSettings; onChange?: OnChange | undefined },
  change: (trx: Trx) => Promise<unknown>,
): Promise<Moved> {
  try {
    return await db.transaction().execute(async (trx) => {
      await change(trx);
      // A plan tells nobody.
      const moves = movesOf(await reattribute(trx, settings, plan ? undefined : onChange));
      if (plan) throw new Planned({ done: false, moves });
      return { done: true, moves };
    });
  } catch (error) {
    if (error instanceof Planned) return error.moved;
    throw error;
  }
}

function movesOf(changes: readonly Change[]): Move[] {
  const groups = Map.groupBy(changes, ({ before, after }) => `${before!.publisher} ${after.publisher}`);
  return [...groups.values()].map((group) => ({
    from: group[0]!.before!.publisher,
    to: group[0]!.after.publisher,
    conversions: group.length,
    before: sums(group.map(({ before }) => before!)),
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
