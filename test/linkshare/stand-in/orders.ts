/** Orders as TikTok's files describe them. */
export interface StandInOrder {
  id: string;
  create_time: number;
  delivery_time?: number;
  status: string;
  skus: Record<string, unknown>[];
}

interface Wish {
  currency?: string;
  price?: string;
  commission?: string;
  actual?: string | undefined;
  status?: string;
  tag?: string;
  product?: string;
  name?: string;
  quantity?: number;
}

/** One order with one line. Amounts are written as the currency's home does. */
export function order(n: number, createTime: number, wish: Wish = {}): StandInOrder {
  const { currency = 'IDR', price = 'Rp9.900', commission = 'Rp990', actual, status = 'TO_SETTLE' } = wish;
  const { tag = '', product = '1729793769377859852', name = 'black_suit', quantity = 1 } = wish;
  const amount = (text: string) => ({ amount: text, currency });
  return {
    id: String(579_000_000_000_000_000n + BigInt(n)),
    create_time: createTime,
    delivery_time: createTime + 86_400,
    status,
    skus: [
      {
        id: '1729793769377925388',
        product_id: product,
        product_name: name,
        shop_name: 'TestCase idl2l',
        quantity,
        refunded_quantity: 0,
        returned_quantity: 0,
        price: amount(price),
        tag,
        content_id: '7493990579714164574',
        content_type: 'LINKSHARE',
        commission_rate: 1000,
        estimated_commission: amount(commission),
        estimated_commission_base: amount(price),
        ...(actual !== undefined && {
          actual_commission: amount(actual),
          actual_commission_base: amount(price),
        }),
      },
    ],
  };
}

/** A page of orders, newest first, as a cursor that names where the next begins. */
export function page(
  orders: readonly StandInOrder[] | ((from: number, size: number) => readonly StandInOrder[]),
  total: number,
  { from, size }: { from: number; size: number },
) {
  const shown = typeof orders === 'function' ? orders(from, size) : orders.slice(from, from + size);
  const next = from + size < total ? Buffer.from(`offset=${from + size}`).toString('base64') : '';
  return { next_page_token: next, total_count: total, orders: shown };
}

/** Where a page token points; undefined where it is none of ours. */
export function offsetOf(token: string | null): number | undefined {
  if (!token) return 0;
  const match = /^offset=(\d+)$/.exec(Buffer.from(token, 'base64').toString());
  return match ? Number(match[1]) : undefined;
}
