import type { InternalLine, OurSide, StatementLine } from '../../ledger/queries/statementLines.ts';
import type { StatementSums } from '../../ledger/queries/statements.ts';
import type { Cell, Column } from '../../linkshare/report/columns.ts';

/** A row of an export. A line has more than one only where our commission of it is in another currency now: the others say our side alone. */
export interface ExportRow {
  line: StatementLine | InternalLine;
  isFirst: boolean;
  ours?: OurSide | undefined;
}

const text = (value: string | null | undefined): Cell => ({ kind: 'text', text: value ?? '' });
const money = (amount: string | null | undefined, currency: string | null | undefined): Cell => ({
  kind: 'money',
  money: amount == null || currency == null ? undefined : { amount, currency },
});
const of = (name: string, title: string, width: number, cell: (line: StatementLine) => Cell) =>
  ({ name, title, width, cell: ({ line }: ExportRow) => cell(line) }) satisfies Column<ExportRow>;
const side = (name: string, title: string, width: number, cell: (ours: OurSide) => Cell) =>
  ({ name, title, width, ours: true, cell: ({ ours }: ExportRow) => (ours ? cell(ours) : text('')) }) satisfies Column<ExportRow>; // prettier-ignore

const columns: Column<ExportRow>[] = [
  of('occurred_at', 'Sold', 19, ({ occurredAt }) => ({ kind: 'time', iso: occurredAt ?? undefined })),
  of('partner', 'Network', 16, ({ partner }) => text(partner)),
  of('conversion_id', 'Conversion', 22, ({ conversion }) => text(conversion)),
  of('line_id', 'Line', 14, ({ line }) => text(line)),
  of('order_id', 'Order', 22, ({ order }) => text(order)),
  of('offer_id', 'Offer', 14, ({ offer }) => text(offer)),
  of('sub_id', 'Sub id', 22, ({ subId }) => text(subId)),
  of('click_id', 'Click id', 22, ({ clickId }) => text(clickId)),
  of('status', 'Status', 12, ({ status }) => text(status)),
  of('sale_amount', 'Sale', 14, ({ sale, saleCurrency }) => money(sale, saleCurrency)),
  of('sale_currency', 'Currency of sale', 16, ({ saleCurrency }) => text(saleCurrency)),
  of('reason', 'Reason', 12, ({ reason }) => text(reason)),
  {
    name: 'payout',
    title: 'Payout',
    width: 14,
    cell: ({ line, isFirst }) => (isFirst ? money(line.amount, line.currency) : text('')),
  },
  of('currency', 'Currency', 10, ({ currency }) => text(currency)),
  of('rate', 'Exchange rate', 22, ({ rate }) => text(rate)),
  of('rate_day', 'Rate of', 13, ({ rateDay }) => text(rateDay)),
  of('rate_source', 'Source of rate', 24, ({ rateSource }) => text(rateSource)),
  side('commission', 'Commission', 14, ({ commission, currency }) => money(commission, currency)),
  side('payout_cost', 'Payout in it', 14, ({ cost, currency }) => money(cost, currency)),
  side('margin', 'Margin', 14, ({ margin, currency }) => money(margin, currency)),
  side('commission_currency', 'Currency of commission', 22, ({ currency }) => text(currency)),
];

const sums: Column<StatementSums>[] = [
  { name: 'publisher', title: 'Publisher', width: 20, cell: ({ publisher }) => text(publisher) },
  { name: 'month', title: 'Month', width: 10, cell: ({ month }) => text(month) },
  { name: 'currency', title: 'Currency', width: 10, cell: ({ currency }) => text(currency) },
  { name: 'total', title: 'Total', width: 16, cell: ({ total, currency }) => money(total, currency) },
  { name: 'lines', title: 'Lines', width: 10, cell: ({ lines }) => ({ kind: 'count', count: lines }) },
  { name: 'commission', title: 'Commission', width: 30, ours: true, cell: ({ commission }) => text(commission.join(', ')) }, // prettier-ignore
  { name: 'margin', title: 'Margin', width: 30, ours: true, cell: ({ margin }) => text(margin.join(', ')) },
];

const visible = <Row>(all: readonly Column<Row>[], internal: boolean) =>
  all.filter(({ ours = false }) => internal || !ours);

/** The columns of a line and of the sums; what says what we earn only where it is `internal`. */
export const lineColumns = (internal: boolean) => visible(columns, internal);
export const sumColumns = (internal: boolean) => visible(sums, internal);

export function rowsOf(line: StatementLine | InternalLine): ExportRow[] {
  const ours = 'ours' in line && line.ours.length > 0 ? line.ours : [undefined];
  return ours.map((each, i) => ({ line, isFirst: i === 0, ours: each }));
}
