import { grouped } from '../amounts.ts';
import { groupRows } from './groupRows.ts';
import type { Group } from './groups.ts';
import type { Report } from './sink.ts';

/** A table that is not laid out yet: the last columns are numbers. */
export interface PlainTable {
  columns: { name: string; right?: boolean; most?: number }[];
  rows: string[][];
}

/** The sums of a report, a row for each currency. */
export function totalsTable({ totals }: Report): PlainTable {
  return {
    columns: ['currency', 'amount', 'estimated commission', 'actual commission'].map((name, i) => ({
      name,
      right: i > 0,
    })),
    rows: totals.currencies.map((each) => [
      each.currency,
      grouped(each.amount),
      grouped(each.estimatedCommission),
      grouped(each.actualCommission),
    ]),
  };
}

/** A breakdown. An empty key is what nobody named: orders without a tag, or of no publisher. */
export function groupTable(by: string, groups: readonly Group[]): PlainTable {
  const named = by === 'product';
  const head = [
    by,
    ...(named ? ['name'] : []),
    'orders',
    'pieces',
    'refunded',
    'currency',
    'amount',
    'estimated commission',
    'actual commission',
  ];
  return {
    columns: head.map((name) => ({
      name,
      right: !['name', 'currency', by].includes(name),
      ...(name === 'name' && { most: 36 }),
    })),
    rows: groupRows(groups).map((row) => [
      row.key || '(none)',
      ...(named ? [row.name] : []),
      grouped(String(row.orders)),
      grouped(String(row.items)),
      grouped(String(row.refunded)),
      row.amount?.currency ?? '',
      ...[row.amount, row.estimated, row.actual].map((money) => (money ? grouped(money.amount) : '')),
    ]),
  };
}

/** How many there are, in a sentence. */
export function countsSentence({ totals }: Report): string {
  const { orders, lines, items, refunded } = totals;
  if (orders === 0) return 'No orders.';
  const back = refunded > 0 ? `, ${grouped(String(refunded))} of them refunded` : '';
  return `${grouped(String(orders))} orders, ${grouped(String(lines))} lines, ${grouped(String(items))} pieces${back}`;
}
