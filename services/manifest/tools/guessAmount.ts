import { decimalsOfCurrency } from '../../contract/currency.ts';
import type { Guess, Known } from './guess.ts';
import type { Leaf } from './leaves.ts';
import { isCurrencyName, squeezed, usualNames, withoutCurrency } from './names.ts';
import { looksLikeCurrency, looksLikeMoney, moneyWriting } from './shapes.ts';

const amounts = [
  ['commission', 'localCommission'],
  ['saleAmount', 'localSaleAmount'],
] as const;
type AmountField = (typeof amounts)[number][number];

/**
 * Guesses which values are amounts, each with its currency: in its name (`usd_payout`), in a parameter beside it, or as the user says.
 * An amount without a currency is none: it is only kept, and told.
 */
export function guessAmounts(guess: Guess, free: Set<Leaf>, leaves: Leaf[], known: Known): void {
  // What is paid for the whole basket must not be counted once for each item.
  const inItems = [...free].filter(({ isInItem }) => isInItem);
  const pool = amounts.some(([field]) => find(field, inItems, false) ?? find(field, inItems, true)) ? inItems : [...free]; // prettier-ignore
  for (const [field, localField] of amounts) {
    const left = pool.filter((leaf) => free.has(leaf));
    const [leaf, local] = [find(field, left, false), find(field, left, true)];
    const chosen = leaf ? [[field, leaf] as const, ...(local ? [[localField, local] as const] : [])] : local ? [[field, local] as const] : []; // prettier-ignore
    for (const [name, one] of chosen) {
      take(guess, name, one, leaves, known);
      free.delete(one);
    }
  }
}

function find(field: (typeof amounts)[number][0], leaves: Leaf[], isLocal: boolean): Leaf | undefined {
  const fitting = leaves.filter(({ value }) => looksLikeMoney(value));
  for (const name of usualNames(field))
    for (const leaf of fitting)
      for (const own of leaf.names.map(withoutCurrency))
        if (own.name === name && own.isLocal === isLocal) return leaf;
  return undefined;
}

function take(
  { fields, assumed }: Guess,
  field: AmountField,
  leaf: Leaf,
  leaves: Leaf[],
  known: Known,
): void {
  const { place, value } = leaf;
  const currency = currencyOf(leaf, leaves, known);
  if (currency === undefined) {
    fields.extra = [...(fields.extra ?? []), place];
    assumed.push(`${place} comes without a currency, so it is kept and not read: say "${field}: ${place} USD", or what it is in`); // prettier-ignore
    return;
  }
  const isCents = leaf.names.some((name) => withoutCurrency(name).isCents);
  const { as, unsure } = isCents ? { as: 'cents' as const, unsure: false } : moneyWriting(value, currency.code); // prettier-ignore
  fields[field] =
    as === undefined ? `${place} ${currency.place}` : { from: `${place} ${currency.place}`, as };
  assumed.push(...currency.assumed.map((sentence) => `${field}: ${sentence}`));
  if (unsure) assumed.push(`${field}: "${value}" cannot be read as money`);
  if (!isCents && mayBeCents(value, currency.code)) assumed.push(`${field}: ${value} at ${place} is ${value} ${currency.code} as it is read; if it is the currency's smallest unit, it needs "as: cents"`); // prettier-ignore
}

/** A whole number of three digits or more, where the currency has a smaller unit: nobody sees which of both it is in. */
const mayBeCents = (value: string, code: string) =>
  /^-?[1-9]\d{2,}$/.test(value) && (decimalsOfCurrency(code.toUpperCase()) ?? 0) > 0;

interface Currency {
  /** As the manifest writes it: a parameter or a literal. */
  place: string;
  code: string;
  assumed: string[];
}

function currencyOf({ names, place, isInItem }: Leaf, leaves: Leaf[], known: Known): Currency | undefined {
  const inName = names.map(withoutCurrency).find(({ currency }) => currency !== undefined)?.currency;
  if (inName !== undefined) return { place: inName, code: inName, assumed: [] };
  const candidates = leaves.filter(({ names: own, value }) => own.some(isCurrencyName) && looksLikeCurrency(value)); // prettier-ignore
  const first = squeezed(place.split(/[._-]/).at(isInItem ? 1 : 0) ?? '');
  const beside =
    candidates.find((leaf) => place.includes('.') && parentOf(leaf.place) === parentOf(place)) ??
    candidates.find((leaf) => leaf.names.some((name) => squeezed(name).startsWith(first))) ??
    candidates.find((leaf) => leaf.isInItem === isInItem) ??
    candidates[0];
  if (beside) return { place: beside.place, code: beside.value, assumed: [] };
  const { currency } = known;
  return currency === undefined ? undefined : { place: currency, code: currency, assumed: [`${place} is in ${currency}`] }; // prettier-ignore
}

const parentOf = (place: string) => place.split('.').slice(0, -1).join('.');
