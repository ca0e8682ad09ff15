import type { Money } from '../contract/money.ts';
import { atRate, compareAmounts, grouped, percent, times } from './amounts.ts';
import type { Product } from './product.ts';

/** By what products are ranked: what one sale brings, or what all its sales so far would have brought. */
export const rankings = ['sale', 'volume'] as const;
export type Ranking = (typeof rankings)[number];

export interface Ranked {
  product: Product;
  /** 1, 2 ..; undefined where price or rate is not known. */
  rank: number | undefined;
  expected: Money | undefined;
  /** How it was reckoned: `12.00 USD × 15 % = 1.80 USD`. */
  arithmetic: string;
}

/**
 * Ranks products by expected commission: the lowest price at the commission's rate, not rounded, and for `volume` times the pieces sold.
 * The lowest price, since more than that nobody can count on. What cannot be reckoned comes last; of several currencies, which are not
 * compared, each is ranked by itself.
 */
export function rank(products: readonly Product[], by: Ranking): Ranked[] {
  const reckoned = products.map((product) => ({ product, ...reckon(product, by) }));
  const currencies = Map.groupBy(reckoned, ({ expected }) => expected?.currency);
  const ranked = [...currencies]
    .filter(([currency]) => currency !== undefined)
    .flatMap(([, group]) =>
      group
        .sort((a, b) => compareAmounts(b.expected!.amount, a.expected!.amount))
        .map((each, i) => ({ ...each, rank: i + 1 })),
    );
  return [...ranked, ...(currencies.get(undefined) ?? []).map((each) => ({ ...each, rank: undefined }))];
}

function reckon(
  { price, rate, sold }: Product,
  by: Ranking,
): { expected: Money | undefined; arithmetic: string } {
  if (!price) return { expected: undefined, arithmetic: 'price not known' };
  if (rate === undefined) return { expected: undefined, arithmetic: 'rate not known' };
  const { currency } = price;
  const one = atRate(price.amount, rate);
  const sale = `${grouped(price.amount)} ${currency} × ${percent(rate)}`;
  if (by === 'sale')
    return { expected: { amount: one, currency }, arithmetic: `${sale} = ${grouped(one)} ${currency}` };
  if (sold === undefined) return { expected: undefined, arithmetic: 'sales not known' };
  const all = times(one, sold);
  return {
    expected: { amount: all, currency },
    arithmetic: `${sale} × ${grouped(String(sold))} sold = ${grouped(all)} ${currency}`,
  };
}
