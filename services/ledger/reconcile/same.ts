import { addAmounts } from '../../contract/amount.ts';
import type { ConversionState } from '../../contract/state.ts';
import { absolute, isAtMost, multiplyAmounts, subtractAmounts } from './decimal.ts';
import { isRounding, smallest } from './explainAmount.ts';

type Sale = ConversionState;

/** Whether two keys are one sale for certain: the same id, of which one side lacks line or account; or one side's order is the other's id. */
export function isSameSale(a: Sale, b: Sale): boolean {
  if (a.conversionId === b.conversionId) return fits(a.lineId, b.lineId) && fits(a.account, b.account);
  return a.orderId === b.conversionId || a.conversionId === b.orderId;
}

const fits = (a: string | undefined, b: string | undefined) => a === undefined || b === undefined || a === b;

/** Whether they may be one sale: it is, if their amounts agree too. */
export const mayBeSameSale = (a: Sale, b: Sale): boolean =>
  isSameSale(a, b) || a.conversionId === b.conversionId || (a.orderId !== undefined && a.orderId === b.orderId); // prettier-ignore

/** Whether sale and commission of two sales are the same, as far as both tell them in one currency, and they tell at least one. */
export function saysTheSame(a: Sale, b: Sale): boolean {
  const pairs = [
    [a.saleAmount ?? a.localSaleAmount, b.saleAmount ?? b.localSaleAmount],
    [a.commission ?? a.localCommission, b.commission ?? b.localCommission],
  ].filter((pair) => pair[0] && pair[1]);
  return pairs.length > 0 && pairs.every(([x, y]) => x!.currency === y!.currency && isRounding(x!, y!));
}

/** Whether what two lists of sales add up to is the same, but for a smallest unit of each. */
export function addUpAlike(a: readonly Sale[], b: readonly Sale[]): boolean {
  const sums = [totals(a), totals(b)] as const;
  const shared = [...sums[0].keys()].filter((name) => sums[1].has(name));
  if (shared.length === 0) return false;
  const most = String(Math.max(a.length, b.length));
  return shared.every((name) => {
    const off = absolute(subtractAmounts(sums[0].get(name)!, sums[1].get(name)!));
    return isAtMost(off, multiplyAmounts(smallest(name.slice(-3)), most));
  });
}

/** Sums by `sale USD`, `commission USD`. */
function totals(sales: readonly Sale[]): Map<string, string> {
  const sums = new Map<string, string>();
  for (const sale of sales)
    for (const [what, money] of [['sale', sale.saleAmount ?? sale.localSaleAmount], ['commission', sale.commission ?? sale.localCommission]] as const) // prettier-ignore
      if (money) sums.set(`${what} ${money.currency}`, addAmounts(sums.get(`${what} ${money.currency}`) ?? '0', money.amount)); // prettier-ignore
  return sums;
}
