import type { Zone } from 'luxon';
import type { OrderLine } from './line.ts';
import type { Scope } from './report/about.ts';

/** The order lines of a period, with what they are of. */
export class Conversions implements Iterable<OrderLine> {
  readonly lines: readonly OrderLine[];
  readonly scope: Scope;
  readonly zone: Zone;
  /** Sentences that say what the lines are of, and what is missing from them. */
  readonly about: readonly string[];

  constructor(
    lines: readonly OrderLine[],
    { scope, zone, about }: { scope: Scope; zone: Zone; about: readonly string[] },
  ) {
    this.lines = lines;
    this.scope = scope;
    this.zone = zone;
    this.about = about;
  }

  get length(): number {
    return this.lines.length;
  }

  [Symbol.iterator](): Iterator<OrderLine> {
    return this.lines[Symbol.iterator]();
  }
}
