import { addAmounts } from '../../contract/amount.ts';
import type { Money } from '../../contract/money.ts';
import type { ConversionState } from '../../contract/state.ts';
import { negated } from './decimal.ts';
import { isVoid } from './told.ts';

/** What the report says less what postbacks said, in one currency. A sale that is void, or a test, counts nothing. */
export interface Stake {
  currency: string;
  sale: string;
  commission: string;
}

type Sale = Pick<ConversionState, 'status' | 'test' | 'saleAmount' | 'localSaleAmount' | 'commission' | 'localCommission'>; // prettier-ignore

/** What differs in money between the sales that postbacks told and those of the report; each currency for itself. */
export function stakesOf(said: readonly Sale[], reported: readonly Sale[]): Stake[] {
  const stakes = new Map<string, Stake>();
  for (const sale of reported) count(stakes, sale, (amount) => amount);
  for (const sale of said) count(stakes, sale, negated);
  return [...stakes.values()].filter(({ sale, commission }) => sale !== '0' || commission !== '0');
}

function count(stakes: Map<string, Stake>, told: Sale, signed: (amount: string) => string): void {
  if (isVoid(told) || told.test) return;
  add(stakes, 'sale', told.saleAmount ?? told.localSaleAmount, signed);
  add(stakes, 'commission', told.commission ?? told.localCommission, signed);
}

function add(stakes: Map<string, Stake>, what: 'sale' | 'commission', money: Money | undefined, signed: (amount: string) => string) {
  if (!money) return;
  const { currency, amount } = money;
  const stake = stakes.get(currency) ?? { currency, sale: '0', commission: '0' };
  stakes.set(currency, { ...stake, [what]: addAmounts(stake[what], signed(amount)) });
} // prettier-ignore
