import { z } from 'zod';
import type { Client } from './client.ts';
import { TikTokError } from './errors.ts';
import type { Product } from './product.ts';
import { openSearch, selection, type ProductWish } from './productSearches.ts';

export interface ProductPage {
  products: Product[];
  total: number | undefined;
}

const answer = z.object({
  next_page_token: z.string().nullish(),
  total_count: z.coerce.number().optional().catch(undefined),
  products: z.array(z.unknown()).nullish(),
});

/** Pages without anything new after which a search ends. */
const mostEmpty = 3;

/**
 * Products that fit, page by page, each once. The search ends where TikTok has no more; whoever has enough stops reading. Rejects with a
 * TikTokError. `open` searches the open collaborations (202405), else TikTok's selection (202501), which has more filters and the stock.
 * Source: https://partner.tiktokshop.com/docv2/page/creator-select-affiliate-product-202501
 */
export async function* searchProducts(
  client: Client,
  wish: ProductWish,
  open = false,
): AsyncGenerator<ProductPage> {
  const { path, pageSize, query, body, read } = open ? openSearch : selection;
  const seen = new Set<string>();
  let next = '';
  for (let empty = 0; empty < mostEmpty;) {
    const page = readPage(
      await client.call({
        method: 'POST',
        path,
        query: { page_size: pageSize, ...query(wish), ...(next !== '' && { page_token: next }) },
        body: body(wish),
      }),
    );
    const fresh = (page.products ?? []).map(read).filter(({ id }) => id !== '' && !seen.has(id));
    for (const { id } of fresh) seen.add(id);
    yield { products: fresh, total: page.total_count || undefined };
    empty = fresh.length === 0 ? empty + 1 : 0;
    next = page.next_page_token ?? '';
    if (next === '') return;
  }
}

function readPage(data: unknown): z.output<typeof answer> {
  const read = answer.safeParse(data);
  if (read.success) return read.data;
  throw new TikTokError('the products that TikTok sent cannot be read', {
    trouble: 'answer',
    cause: read.error,
  });
}
