import type { GroupRow } from './columns.ts';
import type { Group } from './groups.ts';

/** The rows of breakdown: one for each currency of a group, so that nothing of two currencies is added. */
export const groupRows = (groups: readonly Group[]): GroupRow[] => groups.flatMap(rowsOf);

function rowsOf({ key, name = '', orders, items, refunded, currencies }: Group): GroupRow[] {
  const counts = { key, name, orders, items, refunded };
  if (currencies.length === 0)
    return [{ ...counts, amount: undefined, estimated: undefined, actual: undefined }];
  return currencies.map(({ currency, amount, estimatedCommission, actualCommission }) => ({
    ...counts,
    amount: { amount, currency },
    estimated: { amount: estimatedCommission, currency },
    actual: { amount: actualCommission, currency },
  }));
}
