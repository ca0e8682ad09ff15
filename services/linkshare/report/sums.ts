import type { Money } from '../../contract/money.ts';
import type { OrderLine } from '../line.ts';

/** The exact sum of many amounts of one currency. */
class Sum {
  private units = 0n;
  private decimals = 0;

  add(amount: string): void {
    const point = amount.indexOf('.');
    const decimals = point < 0 ? 0 : amount.length - point - 1;
    let units = BigInt(point < 0 ? amount : amount.slice(0, point) + amount.slice(point + 1));
    if (decimals > this.decimals) {
      this.units *= 10n ** BigInt(decimals - this.decimals);
      this.decimals = decimals;
    } else if (decimals < this.decimals) units *= 10n ** BigInt(this.decimals - decimals);
    this.units += units;
  }

  toString(): string {
    const digits = (this.units < 0n ? -this.units : this.units).toString().padStart(this.decimals + 1, '0');
    const whole = digits.slice(0, digits.length - this.decimals);
    const fraction = digits.slice(digits.length - this.decimals).replace(/0+$/, '');
    return `${this.units < 0n ? '-' : ''}${whole}${fraction && `.${fraction}`}`;
  }
}

export interface Counts {
  orders: number;
  /** Pieces. */
  items: number;
  refunded: number;
}

/** What is added up in one currency: currencies are never added to each other. An order in two of them counts in each. */
export interface CurrencyTotals extends Counts {
  currency: string;
  /** What was ordered, refunds not taken off. */
  amount: string;
  estimatedCommission: string;
  actualCommission: string;
}

export interface Totals extends Counts {
  lines: number;
  returned: number;
  currencies: CurrencyTotals[];
  /** Lines of which no amount could be read, so that they are of no currency. */
  without: Counts | undefined;
  /** Lines of which some amount could not be read and is not in the sums. */
  unread: number;
}

const summed = ['amount', 'estimatedCommission', 'actualCommission'] as const;

/** Counts lines. Those of one order must follow each other. */
class Counter {
  readonly counts: Counts = { orders: 0, items: 0, refunded: 0 };
  private lastOrder = '';

  add({ orderId, quantity, refunded }: OrderLine): void {
    if (orderId !== this.lastOrder) this.counts.orders++;
    this.lastOrder = orderId;
    this.counts.items += quantity;
    this.counts.refunded += refunded;
  }
}

/** Adds lines up. Those of one order must follow each other. */
export class Adder {
  private readonly all = new Counter();
  /** By currency; under '' what is of none. */
  private readonly counters = new Map<string, Counter>();
  private lines = 0;
  private returned = 0;
  private unread = 0;
  private readonly sums = new Map<string, Record<(typeof summed)[number], Sum>>();

  add(line: OrderLine): void {
    this.all.add(line);
    this.counterOf(line).add(line);
    this.lines++;
    this.returned += line.returned;
    if (line.unread) this.unread++;
    for (const name of summed) this.addMoney(name, line[name]);
  }

  private counterOf({ amount, estimatedCommission, actualCommission }: OrderLine): Counter {
    const { currency = '' } = amount ?? estimatedCommission ?? actualCommission ?? {};
    let counter = this.counters.get(currency);
    if (!counter) this.counters.set(currency, (counter = new Counter()));
    return counter;
  }

  private addMoney(name: (typeof summed)[number], money: Money | undefined): void {
    if (!money) return;
    let sums = this.sums.get(money.currency);
    if (!sums)
      this.sums.set(
        money.currency,
        (sums = { amount: new Sum(), estimatedCommission: new Sum(), actualCommission: new Sum() }),
      );
    sums[name].add(money.amount);
  }

  totals(): Totals {
    const { lines, returned, unread } = this;
    const none: Counts = { orders: 0, items: 0, refunded: 0 };
    const currencies = [...this.sums]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([currency, each]) => ({
        currency,
        ...(this.counters.get(currency)?.counts ?? none),
        amount: each.amount.toString(),
        estimatedCommission: each.estimatedCommission.toString(),
        actualCommission: each.actualCommission.toString(),
      }));
    const without = this.counters.get('')?.counts;
    return { ...this.all.counts, lines, returned, currencies, without, unread };
  }
}
