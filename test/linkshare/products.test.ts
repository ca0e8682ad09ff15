import { describe, expect, it } from 'vitest';
import type { Recorded } from './stand-in/server.ts';
import { authorised, run, settings, withStandIn } from './support.ts';

const standIn = withStandIn();
const selection = '/affiliate_creator/202501/selection/products/search';

const product = (id: string, price: string, rate: number, more: object = {}) => ({
  id,
  title: `Shirt ${id}`,
  shop: { name: 'WUHAN LANGSI' },
  price: { currency: 'IDR', floor_price: price, ceiling_price: price },
  commission: { rate, amount: '8010.2' },
  market_performance: { historical_sold_quantity: 100 },
  stock: { quantity: 5 },
  ...more,
});

const four = [
  product('1729432087292775341', 'Rp100.000', 1000),
  product('1729432087292775342', 'Rp50.000', 2500, { market_performance: { historical_sold_quantity: 3 } }),
  product('1729432087292775343', 'Rp999.000', 100, { stock: { quantity: 0 } }),
  product('1729432087292775344', '', 1500),
];
const answering = (products: unknown[]) =>
  standIn().answers.set(selection, ({ query }: Recorded) => ({
    products: query.get('page_token') ? products.slice(2) : products.slice(0, 2),
    next_page_token: query.get('page_token') ? '' : 'next',
    total_count: products.length,
  }));

describe('linkshare products, wrong use', () => {
  it.each([
    [['search', '--commission', '90'], 'from 1 to 80 percent'],
    [['search', '--commission', 'ten'], 'is a range like 10..20'],
    [['search', '--price', '20..10'], 'turn it round'],
    [['search', '--price', '1.5'], 'whole numbers'],
    [['search', '--sort', 'best'], 'there are recommended, best_sellers'],
    [['search', '--rank', 'luck'], 'ranked by sale or volume'],
    [['search', '--category', 'shoes'], 'digits only'],
    [['search', '--open', '--sales', '10..'], 'selection only'],
    [['search', '--limit', '0'], '--limit is a whole number'],
    [['link'], 'The shortlist is empty'],
    [['remove'], 'say --all'],
    [['add', 'x1'], 'is not a product id'],
  ])('%j ends with 2, and calls nobody', async (args, why) => {
    const { error } = await run(settings(standIn()), 'products', ...args);
    expect(error?.message).toContain(why);
    expect(error?.exitCode).toBe(2);
    expect(standIn().calls).toEqual([]);
  });
});

describe('linkshare products search', () => {
  it('asks for what was wanted, in both searches', async () => {
    const env = await authorised(standIn());
    const wanted = ['search', 'men', 'shirt', '--category', '601152', '--commission', '12.5..20', '--price', '10..100', '--sort', 'best-sellers']; // prettier-ignore
    expect((await run(env, 'products', ...wanted, '--sales', '1000..')).error).toBeUndefined();
    expect(JSON.parse(standIn().calls[0]!.body)).toEqual({
      filter_params: {
        title_keyword: 'men shirt',
        category_ids: ['601152'],
        commission_rate_range: { rate_ge: 1250, rate_le: 2000 },
        price_range: { price_ge: '10', price_le: '100' },
        sold_quantity_range: { quantity_ge: 1000 },
      },
      sort_params: { sort_type: 'BEST_SELLERS' },
    });
    standIn().calls.length = 0;
    const { out } = await run(env, 'products', ...wanted, '--open', '--json');
    expect(Object.fromEntries(standIn().calls[0]!.query)).toMatchObject({ page_size: '20', sort_field: 'units_sold', sort_order: 'DESC' }); // prettier-ignore
    expect(JSON.parse(standIn().calls[0]!.body)).toEqual({
      category: { id: '601152' },
      commission_rate_range: { rate_ge: 1250, rate_lt: 2001 },
      sales_price_range: { amount_ge: '10', amount_lt: '101' },
      title_keywords: ['men', 'shirt'],
    });
    // TikTok's own example: 34.3 USD at 30 %.
    expect(JSON.parse(out)[0]).toMatchObject({
      id: '1729432087292775344',
      sold: 12123,
      arithmetic: '34.3 USD × 30 % = 10.29 USD',
    });
  });

  it('ranks by what a sale brings, or all of them, and shows the arithmetic', async () => {
    const env = await authorised(standIn());
    answering(four);
    const ranked = async (...args: string[]) =>
      (
        JSON.parse((await run(env, 'products', 'search', ...args, '--json')).out) as {
          id: string;
          rank?: number;
          arithmetic: string;
        }[]
      ).map(({ id, rank, arithmetic }) => [id.slice(-1), rank, arithmetic]);
    expect(await ranked()).toEqual([
      ['2', 1, '50,000 IDR × 25 % = 12,500 IDR'],
      ['1', 2, '100,000 IDR × 10 % = 10,000 IDR'],
      ['3', 3, '999,000 IDR × 1 % = 9,990 IDR'],
      ['4', undefined, 'price not known'],
    ]);
    expect((await ranked('--rank', 'volume'))[0]).toEqual([
      '1',
      1,
      '100,000 IDR × 10 % × 100 sold = 1,000,000 IDR',
    ]);
    expect((await ranked('--in-stock', '--shop', 'lang')).map(([id]) => id)).toEqual(['2', '1', '4']);
    expect(await ranked('--shop', 'nobody')).toEqual([]);
    expect(await ranked('--top', '1')).toHaveLength(1);
    expect(await ranked('--limit', '1')).toHaveLength(1);
  });

  it('goes from the search to the shortlist to links', async () => {
    const env = await authorised(standIn());
    answering(four);
    await run(env, 'products', 'search', '--top', '2', '--add');
    await run(env, 'products', 'add', '1729432087292775349', '1729432087292775342');
    const listed = await run(env, 'products', 'shortlist', '--csv');
    expect(listed.out.split('\r\n').map((row) => row.split(',')[1])).toEqual(['id', ...['2', '1', '9'].map((n) => `172943208729277534${n}`)]); // prettier-ignore
    expect(listed.out).toContain('Shirt 1729432087292775342');
    await run(env, 'products', 'remove', '1729432087292775349');
    const { out, error } = await run(env, 'products', 'link', '--publisher', 'mkk', '--json');
    expect(error).toBeUndefined();
    expect(JSON.parse(out).made).toMatchObject([{ tag: 'mkk', publisher: 'mkk' }, { tag: 'mkk' }]);
    await run(env, 'products', 'remove', '--all');
    expect((await run(env, 'products', 'shortlist')).out).toBe('No products.');
  });

  it('ends where pages bring nothing new for ever', async () => {
    const env = await authorised(standIn());
    let page = 0;
    standIn().answers.set(selection, () => ({ products: four.slice(0, 1), next_page_token: `t${++page}` }));
    const { error } = await run(env, 'products', 'search');
    expect(error).toBeUndefined();
    expect(page).toBe(4);
  });
});
