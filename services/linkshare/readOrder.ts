import { z } from 'zod';
import { readMoney, times } from './amounts.ts';
import { idOf } from './ids.ts';
import { amountNames, type AmountName, type OrderLine } from './line.ts';
import { statusOf } from './statuses.ts';

const text = z
  .unknown()
  .optional()
  .transform((value) => (typeof value === 'string' ? value : (idOf(value) ?? '')));
const count = z.coerce.number().int().nonnegative().catch(0);
const moment = z.coerce.number().int().positive().optional().catch(undefined);
/** What is missing is not none. */
const wholeOf = (value: unknown) => (/^\d{1,9}$/.test(String(value)) ? Number(value) : undefined);

const amount = z.object({ amount: z.unknown(), currency: z.unknown() }).nullish();

const line = z.looseObject({
  id: text,
  product_id: text,
  product_name: text,
  shop_name: text,
  quantity: z.unknown().optional().transform(wholeOf),
  refunded_quantity: count,
  returned_quantity: count,
  price: amount,
  commission_rate: z.coerce.number().int().nonnegative().optional().catch(undefined),
  tag: text,
  content_id: text,
  content_type: text,
  campaign_id: text,
});

const order = z.object({
  id: text.refine((value) => value !== '', 'is missing'),
  create_time: z.coerce.number().int().positive(),
  delivery_time: moment,
  status: z.string().catch('UNSPECIFIED'),
  skus: z.array(line).nullish(),
});
type Line = z.output<typeof line>;

/** Reads an order as TikTok sends it. Throws a ZodError where it has no id or no time: it would be no order. */
export function readOrder(value: unknown): { id: string; lines: OrderLine[] } {
  const { skus, ...head } = order.parse(value);
  return { id: head.id, lines: (skus ?? []).map((sku) => readLine(head, sku)) };
}

function readLine(head: Omit<z.output<typeof order>, 'skus'>, sku: Line): OrderLine {
  const unread: string[] = [];
  const amounts = readAmounts(sku, unread);
  const price = readOne('price', sku.price, unread);
  if (sku.quantity === undefined) unread.push('quantity is missing');
  return {
    orderId: head.id,
    lineId: sku.id,
    createdAt: isoOf(head.create_time),
    ...(head.delivery_time && { deliveredAt: isoOf(head.delivery_time) }),
    status: statusOf(head.status),
    productId: sku.product_id,
    productName: sku.product_name,
    shopName: sku.shop_name,
    quantity: sku.quantity ?? 0,
    refunded: sku.refunded_quantity,
    returned: sku.returned_quantity,
    ...(price && { price }),
    ...(price &&
      sku.quantity !== undefined && { amount: { ...price, amount: times(price.amount, sku.quantity) } }),
    ...amounts,
    ...(sku.commission_rate !== undefined && { rate: sku.commission_rate }),
    tag: sku.tag,
    contentId: sku.content_id,
    contentType: sku.content_type,
    campaignId: sku.campaign_id,
    ...(unread.length > 0 && { unread }),
  };
}

/** Times may come in milliseconds (seen in a newer version of this API). */
const isoOf = (time: number) => new Date(time > 100_000_000_000 ? time : time * 1000).toISOString();

function readAmounts(sku: Line, unread: string[]): Partial<OrderLine> {
  const amounts: Partial<OrderLine> = {};
  for (const [name, theirs] of Object.entries(amountNames) as [AmountName, string][]) {
    const value = readOne(theirs, amount.safeParse(sku[theirs]).data, unread);
    if (value) amounts[name] = value;
  }
  return amounts;
}

/** An amount that was not sent, or is empty, is not there; one that cannot be read is named. */
function readOne(name: string, value: z.output<typeof amount>, unread: string[]) {
  if (value === null || value === undefined || value.amount === '' || value.amount === undefined)
    return undefined;
  const money = readMoney(value);
  if (money.ok) return money.value;
  unread.push(`${name} ${money.why}`);
  return undefined;
}
