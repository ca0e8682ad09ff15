import { decimalsOfCurrency } from '../../contract/currency.ts';
import type { ConversionEvent } from '../../contract/event.ts';
import type { amountFields, Money } from '../../contract/money.ts';
import type { ConversionState } from '../../contract/state.ts';
import { absolute, isAtMost, multiplyAmounts, subtractAmounts, unitOf } from './decimal.ts';
import type { Reason } from './reasons.ts';
import type { Gap } from './told.ts';

/** What is known of a sale that both sides tell. */
export interface Facts {
  said: ConversionState;
  reported: ConversionState;
  /** What earlier reports said of it. */
  earlier: readonly ConversionEvent[];
  /** A later request for it that is not in the ledger. */
  missed?: 'quarantined' | 'refused' | undefined;
  /** Whether the ledger, given the report's row, would still hold the postback to be the later one. */
  isReportBehind: boolean;
}

type AmountField = (typeof amountFields)[number];

/** Why an amount differs. What can be seen in the amounts themselves goes first; an adjustment needs evidence, else nobody knows. */
export function explainAmount({ field, amounts }: Gap, facts: Facts): Reason {
  const { said, reported } = amounts!;
  if (!said) return 'amount-missing';
  if (said.currency !== reported.currency) return 'currency';
  if (isRounding(said, reported)) return 'rounding';
  if (isRate(field as AmountField, facts)) return 'exchange-rate';
  if (facts.missed) return facts.missed;
  if (facts.isReportBehind) return 'report-behind';
  return isAdjusted(field as AmountField, facts) ? 'adjustment' : 'unexplained';
}

/**
 * Written without decimals where they are used, though ISO 4217 gives them two: those with `cashDigits` 0 in
 * https://github.com/unicode-org/cldr/blob/main/common/supplemental/supplementalData.xml
 */
const wholeInUse = new Set(['IDR', 'TWD', 'HUF', 'COP', 'CRC', 'PKR']);

/** The smallest unit that a partner may round to. */
export const smallest = (currency: string) => unitOf(wholeInUse.has(currency) ? 0 : (decimalsOfCurrency(currency) ?? 2)); // prettier-ignore

/** One side cut or rounded what the other has in full, or both did, each its own way. */
export const isRounding = (a: Money, b: Money) =>
  isAtMost(absolute(subtractAmounts(a.amount, b.amount)), smallest(a.currency));

const localOf = { saleAmount: 'localSaleAmount', commission: 'localCommission' } as const;

/** The shop's own amount stayed, what it was converted to did not; a commission may be known by the sale it is a share of. */
function isRate(field: AmountField, { said, reported }: Facts): boolean {
  if (field !== 'saleAmount' && field !== 'commission') return false;
  if (isSameLocal(localOf[field], said, reported, reported[field])) return true;
  return field === 'commission' && !said.localCommission && !reported.localCommission &&
    isSameLocal('localSaleAmount', said, reported, reported.saleAmount) && fellAlike(said, reported); // prettier-ignore
}

function isSameLocal(
  field: 'localSaleAmount' | 'localCommission',
  { [field]: said }: ConversionState,
  { [field]: reported }: ConversionState,
  converted: Money | undefined,
): boolean {
  if (!said || !reported || said.currency !== reported.currency) return false;
  return converted?.currency !== said.currency && isRounding(said, reported);
}

/**
 * Whether the partner changed it after it told us: it says when; or the status was decided meanwhile; or an earlier report still said what
 * the postback said; or part of the sale was taken back, and the commission with it.
 */
function isAdjusted(field: AmountField, { said, reported, earlier }: Facts): boolean {
  if (reported.updatedAt !== undefined && reported.updatedAt > (said.updatedAt ?? said.receivedAt)) return true; // prettier-ignore
  if (said.status !== reported.status) return true;
  if (earlier.some((event) => isSame(event[field], said[field]))) return true;
  return isPartTakenBack(said, reported);
}

const isSame = (a: Money | undefined, b: Money | undefined) =>
  a !== undefined && a.amount === b?.amount && a.currency === b.currency;

/** Rates of exchange move less than this between a postback and its report; refunds of less are told by nothing. */
const leastRefund = '0.95';

function isPartTakenBack(said: ConversionState, reported: ConversionState): boolean {
  const [before, after] = [said.saleAmount ?? said.localSaleAmount, reported.saleAmount ?? reported.localSaleAmount]; // prettier-ignore
  if (!before || !after || before.currency !== after.currency || !fellAlike(said, reported)) return false;
  return isAtMost(after.amount, multiplyAmounts(before.amount, leastRefund));
}

/** Whether the commission is the same share of the sale, but for a smallest unit: com' * sale = com * sale'. */
function fellAlike(said: ConversionState, reported: ConversionState): boolean {
  const [sale, sale2] = [said.saleAmount ?? said.localSaleAmount, reported.saleAmount ?? reported.localSaleAmount]; // prettier-ignore
  const [share, share2] = [said.commission ?? said.localCommission, reported.commission ?? reported.localCommission]; // prettier-ignore
  if (!sale || !sale2 || !share || !share2) return false;
  if (sale.currency !== sale2.currency || share.currency !== share2.currency) return false;
  const off = subtractAmounts(multiplyAmounts(share2.amount, sale.amount), multiplyAmounts(share.amount, sale2.amount)); // prettier-ignore
  return isAtMost(absolute(off), multiplyAmounts(smallest(share.currency), sale.amount));
}
