import { fraction, over, type Fraction } from '../payouts/fraction.ts';

/** One stored rate: what 1 `from` is in `to` on a day (UTC), who says so. It is never changed: a correction is another one of the same day. */
export interface ExchangeRate {
  id: number;
  from: string;
  to: string;
  day: string;
  /** An exact decimal above 0. */
  rate: string;
  source: string;
}

/** What an amount is multiplied by, exactly, and the stored rate that says so. */
export interface Conversion {
  id: number;
  factor: Fraction;
}

/** Finds the rate of a day, or nothing. */
export type Exchange = (from: string, to: string, day: string) => Conversion | undefined;

/** Days for which a rate stands where no newer one is stored: banks close for a week at New Year's and Tet. */
export const goodFor = 7;

/** The first day whose rates may count for a day. */
export const firstDayFor = (day: string): string =>
  new Date(Date.parse(day) - goodFor * 86_400_000).toISOString().slice(0, 10);

/** Begins why a payout waits for a rate. */
export const noRate = 'no rate for';

/**
 * Looks in these rates: the newest of the day or of the last before it, at most `goodFor` days old; of one day the one stored last. A rate
 * the other way round serves too, divided by exactly. Those named in `kept` come before all others: what was paid by one stays so.
 */
export function exchangeOf(rates: readonly ExchangeRate[], kept: readonly number[] = []): Exchange {
  const ranked = [...rates].sort((a, b) => (a.day === b.day ? b.id - a.id : a.day < b.day ? 1 : -1));
  const byPair = Map.groupBy(ranked, ({ from, to }) => [from, to].sort().join());
  return (from, to, day) => {
    const pair = byPair.get([from, to].sort().join()) ?? [];
    const found = pair.find(({ id }) => kept.includes(id)) ?? pair.find((rate) => counts(rate, day));
    if (!found) return undefined;
    const rate = fraction(found.rate);
    return { id: found.id, factor: found.from === from ? rate : over({ n: 1n, d: 1n }, rate) };
  };
}

const counts = (rate: ExchangeRate, day: string) => rate.day <= day && rate.day >= firstDayFor(day);
