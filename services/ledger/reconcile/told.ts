import { subtractAmounts } from './decimal.ts';
import { amountFields, type Money } from '../../contract/money.ts';
import type { ConversionState } from '../../contract/state.ts';
import { dayOf } from './period.ts';
import type { Zone } from 'luxon';

type AmountField = (typeof amountFields)[number];

/** What two accounts of one sale differ in. `proof`: what one of them said was a hint. */
export type Field = 'status' | AmountField | 'occurredAt' | 'publisherRef' | 'clickId' | 'test' | 'proof';

/** One value that is said in two ways. */
export interface Gap {
  field: Field;
  said: string | null;
  reported: string | null;
  /** Both, where it is an amount. */
  amounts?: { said: Money | undefined; reported: Money };
}

/**
 * What two states of one sale differ in, as far as both speak of it. Amounts of a sale that both call rejected or reversed are
 * left alone: nothing is owed. Times differ where their day does, in the partner's zone.
 */
export function gapsBetween(said: ConversionState, reported: ConversionState, zone: Zone): Gap[] {
  return [
    ...gap('status', said.status, reported.status),
    ...(isVoid(said) && isVoid(reported) ? [] : kinds.flatMap((kind) => amountGaps(kind, said, reported))),
    ...dayGap(said.occurredAt, reported.occurredAt, zone),
    ...gap('publisherRef', said.publisherRef, reported.publisherRef),
    ...gap('clickId', said.clickId, reported.clickId),
    ...gap('test', String(said.test), String(reported.test)),
    ...(isProven(said) ? [] : gap('proof', 'hint', 'report')),
  ];
}

/** Of which nothing is owed. */
export const isVoid = ({ status }: Pick<ConversionState, 'status'>) => status === 'rejected' || status === 'reversed'; // prettier-ignore

export const isProven = ({ verified, via }: Pick<ConversionState, 'verified' | 'via'>) => verified || via === 'report'; // prettier-ignore

function gap(field: Field, said: string | undefined, reported: string | undefined): Gap[] {
  if (said === undefined || reported === undefined || said === reported) return [];
  return [{ field, said, reported }];
}

function dayGap(said: string | undefined, reported: string | undefined, zone: Zone): Gap[] {
  if (said === undefined || reported === undefined || dayOf(said, zone) === dayOf(reported, zone)) return [];
  return [{ field: 'occurredAt', said, reported }];
}

/** The converted amount, and that in the shop's currency, of which either may be all that a side tells. */
const kinds = [
  ['saleAmount', 'localSaleAmount'],
  ['commission', 'localCommission'],
] as const;

function amountGaps(kind: (typeof kinds)[number], said: ConversionState, reported: ConversionState): Gap[] {
  const told = kind.filter((field) => reported[field]);
  if (told.length === 0) return [];
  if (kind.every((field) => !said[field])) return [amountGap(told[0]!, undefined, reported[told[0]!]!)];
  const shared = told.filter((field) => said[field]);
  const pairs = shared.length > 0 ? shared : [told[0]!];
  return pairs.flatMap((field) => {
    const theirs = reported[field]!;
    const ours = inCurrency(kind, said, field, theirs.currency);
    return ours?.currency === theirs.currency && subtractAmounts(theirs.amount, ours.amount) === '0'
      ? []
      : [amountGap(field, ours, theirs)];
  });
}

/** The same field; where that is in another currency, or absent, the other one of its kind if it is in the currency wanted. */
function inCurrency(
  kind: (typeof kinds)[number],
  said: ConversionState,
  field: AmountField,
  currency: string,
) {
  const [first, second] = [said[field], said[kind.find((other) => other !== field)!]];
  if (first?.currency === currency) return first;
  return second?.currency === currency ? second : (first ?? second);
}

const amountGap = (field: AmountField, said: Money | undefined, reported: Money): Gap => ({
  field,
  said: said ? shown(said) : null,
  reported: shown(reported),
  amounts: { said, reported },
});

export const shown = ({ amount, currency }: Money) => `${amount} ${currency}`;
