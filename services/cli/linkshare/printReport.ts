import { once } from 'node:events';
import type { Zone } from 'luxon';
import { csvLines } from '../../linkshare/csv.ts';
import { groupColumns } from '../../linkshare/report/columns.ts';
import { groupRows } from '../../linkshare/report/groupRows.ts';
import type { Grouping } from '../../linkshare/report/groups.ts';
import { cellText } from '../../linkshare/report/text.ts';
import type { TextTarget } from '../../linkshare/report/csvSink.ts';
import { countsSentence, groupTable, totalsTable, type PlainTable } from '../../linkshare/report/print.ts';
import type { Report } from '../../linkshare/report/sink.ts';
import type { Asked } from './reportOptions.ts';
import type { Screen } from './screen.ts';
import { table } from './table.ts';

/** Rows of a breakdown that nobody asked for. */
const glance = 10;

/** A report for a person: what it is of, the sums, and the breakdown that was asked for, or the first rows of three. */
export function printReport(screen: Screen, report: Report, { by }: Asked): void {
  const show = ({ columns, rows }: PlainTable) => screen.print(`\n${table(columns, rows)}`);
  for (const sentence of report.about) screen.print(sentence);
  screen.print(`\n${countsSentence(report)}`);
  if (report.totals.orders === 0) return;
  show(totalsTable(report));
  if (by) return show(groupTable(by, report.by(by)));
  for (const each of ['status', 'product', 'day'] as const) {
    const groups = report.by(each);
    show(groupTable(each, groups.slice(0, each === 'day' ? 31 : glance)));
    if (each === 'product' && groups.length > glance)
      screen.print(`.. and ${groups.length - glance} more: --by product`);
  }
}

/** A breakdown for a program. */
export function printGroups(
  screen: Screen,
  { about, totals, by }: Report,
  asked: { print: 'json' | 'csv'; by: Grouping; zone: Zone },
): void {
  const groups = by(asked.by);
  if (asked.print === 'json')
    return screen.print(JSON.stringify({ about, totals, [asked.by]: groups }, null, 2));
  const columns = groupColumns({ name: asked.by, title: asked.by, width: 0 }, asked.by === 'product');
  const rows = groupRows(groups).map((row) => columns.map(({ cell }) => cellText(cell(row), asked.zone)));
  screen.print(csvLines([columns.map(({ name }) => name), ...rows]).trimEnd());
}

/** Standard output as the target of a report: what reads it may be slower than we. */
export function standardOutput(stream: NodeJS.WritableStream = process.stdout): TextTarget {
  return {
    async write(text) {
      if (!stream.write(text)) await once(stream, 'drain');
    },
    finish: () => Promise.resolve(undefined),
    abandon: () => Promise.resolve(),
  };
}
