import type { Money } from '../../contract/money.ts';
import type { OrderLine } from '../line.ts';
import type { Reading } from './groups.ts';

/** What a cell holds, before it is written for a spreadsheet or as text. */
export type Cell =
  | { kind: 'text'; text: string }
  | { kind: 'count'; count: number }
  | { kind: 'money'; money: Money | undefined }
  /** ISO 8601 UTC; shown as the clock of the report's zone. */
  | { kind: 'time'; iso: string | undefined }
  /** Hundredths of a percent. */
  | { kind: 'rate'; rate: number | undefined };

export interface Column<Row> {
  /** In CSV. */
  name: string;
  /** For people. */
  title: string;
  /** In letters. */
  width: number;
  cell: (row: Row) => Cell;
  /** Says what we earn: not for publishers. */
  ours?: boolean;
}

const text = (value: string): Cell => ({ kind: 'text', text: value });
const count = (value: number): Cell => ({ kind: 'count', count: value });
const money = (value: Money | undefined): Cell => ({ kind: 'money', money: value });
const time = (iso: string | undefined): Cell => ({ kind: 'time', iso });

const currencyOf = (line: OrderLine) =>
  (line.price ?? line.estimatedCommission ?? line.actualCommission)?.currency ?? '';

/** The columns of an order line. */
export function lineColumns({ publishers }: Reading): Column<OrderLine>[] {
  return [
    { name: 'order_id', title: 'Order', width: 21, cell: (line) => text(line.orderId) },
    { name: 'ordered_at', title: 'Ordered', width: 19, cell: (line) => time(line.createdAt) },
    { name: 'status', title: 'Status', width: 17, cell: (line) => text(line.status) },
    { name: 'product_id', title: 'Product', width: 21, cell: (line) => text(line.productId) },
    { name: 'product_name', title: 'Name', width: 42, cell: (line) => text(line.productName) },
    { name: 'shop_name', title: 'Shop', width: 22, cell: (line) => text(line.shopName) },
    { name: 'quantity', title: 'Pieces', width: 9, cell: (line) => count(line.quantity) },
    { name: 'refunded', title: 'Refunded', width: 11, cell: (line) => count(line.refunded) },
    { name: 'returned', title: 'Returned', width: 11, cell: (line) => count(line.returned) },
    { name: 'currency', title: 'Currency', width: 10, cell: (line) => text(currencyOf(line)) },
    { name: 'price', title: 'Price', width: 14, cell: (line) => money(line.price) },
    { name: 'amount', title: 'Amount', width: 14, cell: (line) => money(line.amount) },
    {
      name: 'commission_rate',
      title: 'Rate',
      width: 9,
      ours: true,
      cell: (line) => ({ kind: 'rate', rate: line.rate }),
    },
    {
      name: 'estimated_commission',
      title: 'Estimated commission',
      width: 22,
      ours: true,
      cell: (line) => money(line.estimatedCommission),
    },
    {
      name: 'actual_commission',
      title: 'Actual commission',
      width: 19,
      ours: true,
      cell: (line) => money(line.actualCommission),
    },
    {
      name: 'estimated_commission_base',
      title: 'Estimated base',
      width: 16,
      ours: true,
      cell: (line) => money(line.estimatedCommissionBase),
    },
    {
      name: 'actual_commission_base',
      title: 'Actual base',
      width: 14,
      ours: true,
      cell: (line) => money(line.actualCommissionBase),
    },
    {
      name: 'estimated_bonus_commission',
      title: 'Estimated bonus',
      width: 17,
      ours: true,
      cell: (line) => money(line.estimatedBonusCommission),
    },
    {
      name: 'actual_bonus_commission',
      title: 'Actual bonus',
      width: 14,
      ours: true,
      cell: (line) => money(line.actualBonusCommission),
    },
    {
      name: 'estimated_shop_ads_commission',
      title: 'Estimated shop ads',
      width: 20,
      ours: true,
      cell: (line) => money(line.estimatedShopAdsCommission),
    },
    {
      name: 'actual_shop_ads_commission',
      title: 'Actual shop ads',
      width: 17,
      ours: true,
      cell: (line) => money(line.actualShopAdsCommission),
    },
    {
      name: 'estimated_reward_fee',
      title: 'Estimated reward',
      width: 18,
      ours: true,
      cell: (line) => money(line.estimatedRewardFee),
    },
    {
      name: 'actual_reward_fee',
      title: 'Actual reward',
      width: 15,
      ours: true,
      cell: (line) => money(line.actualRewardFee),
    },
    { name: 'tag', title: 'Tag', width: 18, cell: (line) => text(line.tag) },
    {
      name: 'publisher',
      title: 'Publisher',
      width: 16,
      cell: (line) => text(publishers.get(line.tag) ?? ''),
    },
    { name: 'delivered_at', title: 'Delivered', width: 19, cell: (line) => time(line.deliveredAt) },
    { name: 'content_type', title: 'Content', width: 16, cell: (line) => text(line.contentType) },
    { name: 'content_id', title: 'Content id', width: 21, ours: true, cell: (line) => text(line.contentId) },
    { name: 'campaign_id', title: 'Campaign', width: 21, ours: true, cell: (line) => text(line.campaignId) },
    { name: 'line_id', title: 'Variant', width: 21, cell: (line) => text(line.lineId) },
    {
      name: 'unread',
      title: 'Could not be read',
      width: 40,
      ours: true,
      cell: (line) => text(line.unread?.join('; ') ?? ''),
    },
  ];
}

/** A group in one of its currencies: a group has a row for each. */
export interface GroupRow {
  key: string;
  name: string;
  orders: number;
  items: number;
  refunded: number;
  amount: Money | undefined;
  estimated: Money | undefined;
  actual: Money | undefined;
}

/** The columns of a breakdown. */
export function groupColumns(
  heading: { name: string; title: string; width: number },
  named: boolean,
): Column<GroupRow>[] {
  return [
    { ...heading, cell: ({ key }) => text(key) },
    ...(named
      ? [{ name: 'product_name', title: 'Name', width: 48, cell: ({ name }: GroupRow) => text(name) }]
      : []),
    { name: 'orders', title: 'Orders', width: 10, cell: ({ orders }) => count(orders) },
    { name: 'items', title: 'Pieces', width: 10, cell: ({ items }) => count(items) },
    { name: 'refunded', title: 'Refunded', width: 11, cell: ({ refunded }) => count(refunded) },
    {
      name: 'currency',
      title: 'Currency',
      width: 10,
      cell: ({ amount, estimated, actual }) => text((amount ?? estimated ?? actual)?.currency ?? ''),
    },
    { name: 'amount', title: 'Amount', width: 18, cell: ({ amount }) => money(amount) },
    {
      name: 'estimated_commission',
      title: 'Estimated commission',
      width: 22,
      cell: ({ estimated }) => money(estimated),
    },
    { name: 'actual_commission', title: 'Actual commission', width: 19, cell: ({ actual }) => money(actual) },
  ];
}
