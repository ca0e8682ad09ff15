import type { GroupRow } from './columns.ts';
import type { Group } from './groups.ts';
import type { Counts } from './sums.ts';

/** The rows of breakdown: one for each currency of a group, so that nothing of two currencies is added. */
export const groupRows = (groups: readonly Group[]): GroupRow[] => groups.flatMap(rowsOf);

function rowsOf({ key, name = '', currencies, without }: Group): GroupRow[] {
  const rows = currencies.map((each) => ({
    ...countsOf(each),
    key,
    name,
    amount: { amount: each.amount, currency: each.currency },
    estimated: { amount: each.estimatedCommission, currency: each.currency },
    actual: { amount: each.actualCommission, currency: each.currency },
  }));
  if (!without) return rows;
  const nothing = { amount: undefined, estimated: undefined, actual: undefined };
  return [...rows, { ...countsOf(without), key, name, ...nothing }];
}

const countsOf = ({ orders, items, refunded }: Counts) => ({ orders, items, refunded });
