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

/** The amounts that are added up, each in its own currency: currencies are never added to each other. */
export interface CurrencyTotals {
  currency: string;
  /** What was ordered, refunds not taken off. */
  amount: string;
  estimatedCommission: string;
  actualCommission: string;
}

export interface Totals {
  orders: number;
  lines: number;
  /** Pieces. */
  items: number;
  refunded: number;
  returned: number;
  currencies: CurrencyTotals[];
  /** Lines of which some amount could not be read and is not in the sums. */
  unread: number;
}

const summed = ['amount', 'estimatedCommission', 'actualCommission'] as const;

/** Adds lines up. Those of one order must follow each other. */
export class Adder {
  private orders = 0;
  private lines = 0;
  private items = 0;
  private refunded = 0;
  private returned = 0;
  private unread = 0;
  private lastOrder = '';
  private readonly sums = new Map<string, Record<(typeof summed)[number], Sum>>();

  add(line: OrderLine): void {
    if (line.orderId !== this.lastOrder) this.orders++;
    this.lastOrder = line.orderId;
    this.lines++;
    this.items += line.quantity;
    this.refunded += line.refunded;
    this.returned += line.returned;
    if (line.unread) this.unread++;
    for (const name of summed) this.addMoney(name, line[name]);
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
    const { orders, lines, items, refunded, returned, unread } = this;
    const currencies = [...this.sums]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([currency, each]) => ({
        currency,
        amount: each.amount.toString(),
        estimatedCommission: each.estimatedCommission.toString(),
        actualCommission: each.actualCommission.toString(),
      }));
    return { orders, lines, items, refunded, returned, currencies, unread };
  }
}
