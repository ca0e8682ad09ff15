import { z } from 'zod';
import { readMoney } from './amounts.ts';
import { idOf } from './ids.ts';
import type { Product } from './product.ts';

export const sorts = [
  'RECOMMENDED',
  'BEST_SELLERS',
  'LOW_PRICE',
  'HIGH_PRICE',
  'NEWLY_RELEASED',
  'HIGH_COMMISSION_RATE',
] as const;
export type Sort = (typeof sorts)[number];

export interface ProductWish {
  keyword?: string | undefined;
  /** Category ids; the open search takes one, of the first level. */
  categories?: readonly string[] | undefined;
  /** Hundredths of a percent. */
  rateFrom?: number | undefined;
  rateTo?: number | undefined;
  /** Whole units of the market's currency. */
  priceFrom?: number | undefined;
  priceTo?: number | undefined;
  soldFrom?: number | undefined;
  soldTo?: number | undefined;
  sort?: Sort | undefined;
}

/** One of TikTok's two product searches. */
export interface Search {
  path: string;
  pageSize: number;
  query: (wish: ProductWish) => Record<string, string>;
  body: (wish: ProductWish) => unknown;
  read: (value: unknown) => Product;
}

/** An object without what is undefined; nothing where nothing is left. */
function some<T extends object>(value: T): T | undefined {
  const entries = Object.entries(value).filter(([, each]) => each !== undefined);
  return entries.length > 0 ? (Object.fromEntries(entries) as T) : undefined;
}

const text = (value: number | undefined) => (value === undefined ? undefined : String(value));

const any = z.record(z.string(), z.unknown()).catch({});
const inner = (value: unknown) => any.parse(value ?? {});
const textAt = (object: Record<string, unknown>, name: string) => {
  const value = object[name];
  return typeof value === 'string' && value !== '' ? value : undefined;
};
const countAt = (object: Record<string, unknown>, name: string) => {
  const value = Number(object[name] ?? NaN);
  return Number.isSafeInteger(value) && value >= 0 ? value : undefined;
};
const moneyAt = (object: Record<string, unknown>, name: string) => {
  const money = readMoney({ amount: object[name], currency: object.currency });
  return money.ok ? money.value : undefined;
};

/** TikTok's selection (202501): more filters, and the stock. */
export const selection: Search = {
  path: '/affiliate_creator/202501/selection/products/search',
  pageSize: 50,
  query: () => ({}),
  body: ({ keyword, categories, rateFrom, rateTo, priceFrom, priceTo, soldFrom, soldTo, sort }) => ({
    ...some({
      filter_params: some({
        title_keyword: keyword,
        category_ids: categories?.length ? categories : undefined,
        commission_rate_range: some({ rate_ge: rateFrom, rate_le: rateTo }),
        price_range: some({ price_ge: text(priceFrom), price_le: text(priceTo) }),
        sold_quantity_range: some({ quantity_ge: soldFrom, quantity_le: soldTo }),
      }),
      sort_params: some({ sort_type: sort }),
    }),
  }),
  // commission.amount is passed over: it is multiplied by 1000 of a price that is written for a locale, so nobody can tell its unit.
  read(value) {
    const product = inner(value);
    const price = inner(product.price);
    return clean({
      id: idOf(product.id) ?? '',
      title: textAt(product, 'title') ?? '',
      shop: textAt(inner(product.shop), 'name') ?? '',
      price: moneyAt(price, 'floor_price'),
      highest: moneyAt(price, 'ceiling_price'),
      rate: countAt(inner(product.commission), 'rate'),
      sold: countAt(inner(product.market_performance), 'historical_sold_quantity'),
      stock: countAt(inner(product.stock), 'quantity'),
      rating: textAt(inner(product.review), 'overall_score'),
      image: textAt(product, 'main_image_url'),
    });
  },
};

const openSorts: Partial<Record<Sort, [field: string, order: string]>> = {
  BEST_SELLERS: ['units_sold', 'DESC'],
  LOW_PRICE: ['product_sales_price', 'ASC'],
  HIGH_PRICE: ['product_sales_price', 'DESC'],
  HIGH_COMMISSION_RATE: ['commission_rate', 'DESC'],
};

/** The open collaborations (202405). */
export const openSearch: Search = {
  path: '/affiliate_creator/202405/open_collaborations/products/search',
  pageSize: 20,
  query({ sort }) {
    const [field, order] = (sort && openSorts[sort]) ?? [];
    return field && order ? { sort_field: field, sort_order: order } : {};
  },
  body: ({ keyword, categories, rateFrom, rateTo, priceFrom, priceTo }) => ({
    ...some({
      category: some({ id: categories?.[0] }),
      // Both of TikTok's upper ends are "less than".
      commission_rate_range: some({
        rate_ge: rateFrom,
        rate_lt: rateTo === undefined ? undefined : rateTo + 1,
      }),
      sales_price_range: some({
        amount_ge: text(priceFrom),
        amount_lt: text(priceTo === undefined ? undefined : priceTo + 1),
      }),
      title_keywords: keyword?.split(/\s+/).filter(Boolean).slice(0, 20),
    }),
  }),
  read(value) {
    const product = inner(value);
    const price = inner(product.sales_price);
    const has = product.has_inventory;
    return clean({
      id: idOf(product.id) ?? '',
      title: textAt(product, 'title') ?? '',
      shop: textAt(inner(product.shop), 'name') ?? '',
      price: moneyAt(price, 'minimum_amount'),
      highest: moneyAt(price, 'maximum_amount'),
      rate: countAt(inner(product.commission), 'rate'),
      sold: countAt(product, 'units_sold'),
      stock: typeof has === 'boolean' ? Number(has) : undefined,
      region: textAt(product, 'sale_region'),
      link: textAt(product, 'detail_link'),
      image: textAt(product, 'main_image_url'),
    });
  },
};

type Loose = { [Name in keyof Product]: Product[Name] | undefined };

const clean = (product: Loose): Product =>
  Object.fromEntries(
    Object.entries(product).filter(([, value]) => value !== undefined),
  ) as unknown as Product;
