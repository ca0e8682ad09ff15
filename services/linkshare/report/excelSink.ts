import type { Zone } from 'luxon';
import { beginSheet, type SheetFile } from '../excel/sheet.ts';
import { createWorkbook } from '../excel/workbook.ts';
import type { OrderLine } from '../line.ts';
import { beginFile } from '../../runtime/wholeFile.ts';
import { groupColumns, type Cell, type Column } from './columns.ts';
import type { Group } from './groups.ts';
import { groupRows } from './groupRows.ts';
import type { Report, Sink } from './sink.ts';

interface Options {
  columns: readonly Column<OrderLine>[];
  zone: Zone;
  /** Shows the orders alone: what else there is says what we earn. */
  plain?: boolean;
  /** Rows of a sheet; else as many as Excel has. */
  most?: number;
}

/** An Excel file with the sheets Summary, Orders, Products and Days. Needs little memory, however many orders there are. */
export async function excelSink(
  file: string,
  { columns, zone, plain = false, most }: Options,
): Promise<Sink> {
  const draft = await beginFile(file);
  const workbook = createWorkbook((data) => draft.write(data));
  const orders = beginSheet(workbook, { name: 'Orders', columns, zone, ...(most && { most }) });

  async function whole<Row>(
    name: string,
    its: readonly Column<Row>[],
    rows: readonly Row[],
  ): Promise<SheetFile[]> {
    const sheet = beginSheet(workbook, { name, columns: its, zone });
    for (const row of rows) await sheet.add(row);
    return sheet.end();
  }
  const groups = (
    name: string,
    heading: Parameters<typeof groupColumns>[0],
    named: boolean,
    all: readonly Group[],
  ) => whole(name, groupColumns(heading, named), groupRows(all));

  return {
    async lines(batch) {
      for (const line of batch) await orders.add(line);
    },
    async finish(report) {
      const main = await orders.end();
      const rest = plain
        ? []
        : [
            ...(await groups(
              'Products',
              { name: 'product_id', title: 'Product', width: 21 },
              true,
              report.by('product'),
            )),
            ...(await groups('Days', { name: 'day', title: 'Day', width: 13 }, false, report.by('day'))),
          ];
      const summary = plain ? [] : await whole('Summary', summaryColumns, summaryRows(report));
      await workbook.finish([...summary, ...main, ...rest]);
      await draft.finish();
      return [file];
    },
    abandon: () => draft.abandon(),
  };
}

interface SummaryRow {
  what: string;
  value: Cell;
  currency?: string;
}

const summaryColumns: Column<SummaryRow>[] = [
  { name: 'what', title: 'Summary', width: 46, cell: ({ what }) => ({ kind: 'text', text: what }) },
  { name: 'value', title: 'Value', width: 22, cell: ({ value }) => value },
  {
    name: 'currency',
    title: 'Currency',
    width: 10,
    cell: ({ currency = '' }) => ({ kind: 'text', text: currency }),
  },
];

function summaryRows({ about, totals, by }: Report): SummaryRow[] {
  const count = (what: string, number: number): SummaryRow => ({
    what,
    value: { kind: 'count', count: number },
  });
  const none: Cell = { kind: 'text', text: '' };
  return [
    count('Orders', totals.orders),
    count('Order lines', totals.lines),
    count('Pieces', totals.items),
    count('Pieces refunded', totals.refunded),
    ...totals.currencies.flatMap(({ currency, amount, estimatedCommission, actualCommission }) =>
      (
        [
          ['Amount ordered', amount],
          ['Estimated commission', estimatedCommission],
          ['Actual commission', actualCommission],
        ] as const
      ).map(([what, each]): SummaryRow => ({
        what,
        value: { kind: 'money', money: { amount: each, currency } },
        currency,
      })),
    ),
    ...by('status').map(({ key, orders }) => count(`Orders ${key}`, orders)),
    ...about.map((sentence) => ({ what: sentence, value: none })),
  ];
}
