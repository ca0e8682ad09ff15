import type { Zone } from 'luxon';
import { compareAmounts } from '../amounts.ts';
import type { OrderLine } from '../line.ts';
import { dayOf } from '../period.ts';
import { Adder, type Totals } from './sums.ts';

/** By what a report may be broken down. */
export const groupings = ['product', 'day', 'status', 'publisher', 'tag'] as const;
export type Grouping = (typeof groupings)[number];

export interface Group extends Totals {
  key: string;
  /** A product's name. */
  name?: string;
}

/** How a line is read for a report. */
export interface Reading {
  zone: Zone;
  /** Whose a tag is. */
  publishers: ReadonlyMap<string, string>;
}

const keyOf: Record<Grouping, (line: OrderLine, reading: Reading) => string> = {
  product: ({ productId }) => productId,
  day: ({ createdAt }, { zone }) => dayOf(createdAt, zone),
  status: ({ status }) => status,
  publisher: ({ tag }, { publishers }) => publishers.get(tag) ?? '',
  tag: ({ tag }) => tag,
};

/** Adds lines up whole and by each of some groupings. Needs memory for each product, day, tag .., not for each line. */
export class Statistics {
  private readonly whole = new Adder();
  private readonly groups = new Map<Grouping, Map<string, { adder: Adder; name: string }>>();
  private readonly reading: Reading;

  constructor(by: Iterable<Grouping>, reading: Reading) {
    for (const each of by) this.groups.set(each, new Map());
    this.reading = reading;
  }

  add(line: OrderLine): void {
    this.whole.add(line);
    for (const [by, groups] of this.groups) {
      const key = keyOf[by](line, this.reading);
      let group = groups.get(key);
      if (!group) groups.set(key, (group = { adder: new Adder(), name: line.productName }));
      group.adder.add(line);
    }
  }

  totals(): Totals {
    return this.whole.totals();
  }

  /** Days from the first to the last; all others by what was ordered, most first. Empty where it was not asked for. */
  by(grouping: Grouping): Group[] {
    const groups = [...(this.groups.get(grouping) ?? [])].map(([key, { adder, name }]) => ({
      key,
      ...(grouping === 'product' && { name }),
      ...adder.totals(),
    }));
    return groups.sort(grouping === 'day' ? (a, b) => (a.key < b.key ? -1 : 1) : byAmount);
  }
}

/** In the currency that stands first; where that is not the same, by the number of orders. */
function byAmount(a: Group, b: Group): number {
  const [one, other] = [a.currencies[0], b.currencies[0]];
  if (one && other && one.currency === other.currency)
    return compareAmounts(other.amount, one.amount) || (a.key < b.key ? -1 : 1);
  return b.orders - a.orders || (a.key < b.key ? -1 : 1);
}
