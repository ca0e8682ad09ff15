import { addAmounts } from './amount.ts';
import type { ConversionEvent } from './event.ts';
import { amountFields, type Money } from './money.ts';

type Amounts = Partial<Record<(typeof amountFields)[number], Money>>;

/**
 * The amounts of one conversion: what was last said whole, and what was added, each addition once. An addition that is told again takes
 * its own place. A whole amount of a postback is the sale's as it was made, so additions stay; a report says what is left of the sale,
 * so what was added before is in it.
 */
export class Sums {
  private readonly whole: Amounts = {};
  /** By field and by `adds`; undefined where a report has said it since. */
  private readonly added = new Map(amountFields.map((name) => [name, new Map<string, Money | undefined>()]));

  /** Takes the next event in, and gives the amounts that are true after it. */
  after(event: ConversionEvent): Amounts {
    const brought = amountFields.filter((name) => event[name]);
    for (const name of brought) this.take(name, event[name]!, event);
    return Object.fromEntries(brought.map((name) => [name, this.sumOf(name)]));
  }

  private take(name: keyof Amounts, amount: Money, { adds, via }: ConversionEvent): void {
    const added = this.added.get(name)!;
    if (adds === undefined) {
      this.whole[name] = amount;
      if (via === 'report') for (const text of added.keys()) added.set(text, undefined);
    } else if (!added.has(adds) || added.get(adds)) added.set(adds, amount);
  }

  /** Undefined where currencies differ: no sum is better than a wrong one. */
  private sumOf(name: keyof Amounts): Money | undefined {
    const parts = [this.whole[name], ...this.added.get(name)!.values()].filter((part) => part !== undefined);
    const [first, ...rest] = parts;
    if (rest.some(({ currency }) => currency !== first?.currency)) return undefined;
    return first && rest.reduce((sum, { amount }) => ({ ...sum, amount: addAmounts(sum.amount, amount) }), first); // prettier-ignore
  }
}
