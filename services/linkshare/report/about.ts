import type { OrderLine } from '../line.ts';
import type { Period } from '../period.ts';
import type { Region } from '../regions.ts';

/** What a report is of. */
export interface Scope {
  period: Period;
  /** An IANA name, or UTC. */
  zone: string;
  region?: Region | undefined;
  /** All where none is named. */
  statuses: readonly string[];
}

/** Decides which lines are in a report, and counts those that are not. */
export class Filter {
  private readonly currencies = new Map<string, number>();
  private readonly statuses = new Map<string, number>();
  private readonly scope: Scope;

  constructor(scope: Scope) {
    this.scope = scope;
  }

  /** TikTok says no market of an order: its currency is what tells. A line without any readable amount stays in. */
  takes(line: OrderLine): boolean {
    const { region, statuses } = this.scope;
    const currency = (line.price ?? line.estimatedCommission ?? line.actualCommission)?.currency;
    if (region && currency !== undefined && currency !== region.currency)
      return count(this.currencies, currency);
    return statuses.length === 0 || statuses.includes(line.status) || count(this.statuses, line.status);
  }

  /** Sentences that a reader needs to know what the numbers are of. */
  about(): string[] {
    const { period, zone, region, statuses } = this.scope;
    const days = period.start === period.end ? period.start : `${period.start} to ${period.end}`;
    const only = region
      ? `; only orders in ${region.currency}, since TikTok tells no market but the currency`
      : '; all currencies';
    return [
      `Orders made ${days}, days as in ${zone}${region ? ` (${region.name})` : ''}${only}`,
      ...(region?.currency === 'EUR'
        ? ['EUR is the currency of DE, ES, FR, IE and IT alike: their orders are all in here']
        : []),
      ...(statuses.length > 0 ? [`Only ${statuses.join(', ')}`] : []),
      ...leftOut('in other currencies', this.currencies),
      ...leftOut('of other statuses', this.statuses),
    ];
  }
}

function count(counts: Map<string, number>, key: string): false {
  counts.set(key, (counts.get(key) ?? 0) + 1);
  return false;
}

function leftOut(which: string, counts: Map<string, number>): string[] {
  const each = [...counts].map(([key, n]) => `${key} ${n}`);
  return each.length > 0 ? [`Left out: lines ${which} (${each.join(', ')})`] : [];
}
