import type { Command } from 'commander';
import { UsageError } from '../../linkshare/errors.ts';
import type { Product } from '../../linkshare/product.ts';
import { searchProducts } from '../../linkshare/products.ts';
import { rank, rankings, type Ranked, type Ranking } from '../../linkshare/ranking.ts';
import { shortlistFile } from '../../linkshare/shortlist.ts';
import { readConfig } from '../../runtime/config.ts';
import { addShortlist } from './shortlist.ts';
import { collect, common, printed } from './options.ts';
import { checkPrint, printList, type PrintOptions } from './print.ts';
import { readWish, type WishOptions } from './productOptions.ts';
import type { Here, Screen } from './screen.ts';
import { withSession, type CommonOptions, type Session } from './session.ts';
import { shortlistPath } from './settings.ts';

interface SearchOptions extends CommonOptions, PrintOptions, WishOptions {
  shop?: string;
  inStock?: boolean;
  open?: boolean;
  rank: string;
  limit: string;
  add?: boolean;
  top?: string;
}

/** `linkshare products ..`: what is worth promoting, from the search to the link. */
export function addProducts(program: Command, here: Here): void {
  const products = program.command('products').description('Choose products to promote');
  printed(common(products.command('search')))
    .description('Search products and rank them by what they would bring')
    .argument('[keyword...]', 'words of the title')
    .option('--keyword <words>', 'the same')
    .option('--category <id>', 'of this category; several with commas', collect)
    .option('--commission <range>', 'percent: 10.. or 10..20')
    .option('--price <range>', "in the market's currency, whole: 50000..200000")
    .option('--sales <range>', 'pieces sold so far: 1000..')
    .option(
      '--sort <sort>',
      'recommended, best_sellers, low_price, high_price, newly_released or high_commission_rate',
    )
    .option('--in-stock', 'only what is in stock')
    .option('--shop <name>', 'only of shops whose name holds this')
    .option('--open', 'search the open collaborations, not the selection')
    .option('--rank <how>', 'sale (what one sale brings) or volume (times the pieces sold)', 'sale')
    .option('--limit <n>', 'how many products are looked at', '100')
    .option('--top <n>', 'show, and shortlist, only the best so many')
    .option('--add', 'put what is shown on the shortlist')
    .action((words: string[], options: SearchOptions) => search(here, words, options));
  addShortlist(products, here);
}

async function search(here: Here, words: string[], options: SearchOptions): Promise<void> {
  checkPrint(options);
  const wish = readWish(words, options);
  const by = rankings.find((each) => each === options.rank);
  if (!by) throw new UsageError(`Products are ranked by ${rankings.join(' or ')}, not by "${options.rank}".`);
  const limit = whole(options.limit, '--limit');
  const top = options.top === undefined ? Infinity : whole(options.top, '--top');
  await withSession(here, options, async (session) => {
    const found = await gather(session, wish, options, limit);
    const ranked = rank(found, by).slice(0, top);
    printProducts(session.screen, ranked, options, by);
    if (!options.add) return;
    const list = shortlistFile(shortlistPath(readConfig(here.env).dataDir));
    const all = await list.change((products) =>
      merge(
        products,
        ranked.map(({ product }) => product),
      ),
    );
    session.screen.note(
      `the shortlist now has ${all.length} products; links for them: linkshare products link`,
    );
  });
}

function whole(text: string, option: string): number {
  if (/^[1-9]\d{0,5}$/.test(text)) return Number(text);
  throw new UsageError(`${option} is a whole number from 1 to 999999.`);
}

/** Stock and shop are no filters of TikTok's: what came is filtered. */
async function gather(
  { client, screen }: Session,
  wish: ReturnType<typeof readWish>,
  { inStock, shop, open }: SearchOptions,
  limit: number,
): Promise<Product[]> {
  const fits = (product: Product) =>
    (!inStock || (product.stock ?? 0) > 0) &&
    (!shop || product.shop.toLowerCase().includes(shop.toLowerCase()));
  const found: Product[] = [];
  let looked = 0;
  for await (const { products, total } of searchProducts(client, wish, open)) {
    const taken = products.slice(0, limit - looked);
    looked += taken.length;
    found.push(...taken.filter(fits));
    screen.progress(looked, Math.min(total ?? limit, limit), 'products');
    if (looked >= limit) break;
  }
  screen.note(`${looked} products looked at${looked > found.length ? `, ${found.length} fit` : ''}`);
  return found;
}

/** What is on it stays where it is, and gets newer facts. */
export function merge(before: readonly Product[], added: readonly Product[]): Product[] {
  const products = new Map(before.map((product) => [product.id, product]));
  for (const product of added) products.set(product.id, { ...products.get(product.id), ...product });
  return [...products.values()];
}

/** Prints products with what they would bring, and how that was reckoned. */
export function printProducts(
  screen: Screen,
  ranked: readonly Ranked[],
  options: PrintOptions,
  by: Ranking,
): void {
  const range = ({ price, highest }: Product) =>
    !price
      ? ''
      : highest && highest.amount !== price.amount
        ? `${price.amount}..${highest.amount}`
        : price.amount;
  printList(screen, options, {
    columns: [
      { name: 'rank', right: true },
      { name: 'id' },
      { name: 'title', most: 40 },
      { name: 'shop', most: 20 },
      { name: 'price', right: true },
      { name: 'currency' },
      { name: 'sold', right: true },
      { name: 'stock', right: true },
      {
        name: by === 'sale' ? 'expected commission of a sale' : 'expected commission of all sales',
        most: 80,
      },
    ],
    rows: ranked.map(({ rank: place, product, arithmetic }) => [
      String(place ?? ''),
      product.id,
      product.title,
      product.shop,
      range(product),
      product.price?.currency ?? '',
      String(product.sold ?? ''),
      String(product.stock ?? ''),
      arithmetic,
    ]),
    json: ranked.map(({ product, rank: place, expected, arithmetic }) => ({
      rank: place,
      ...product,
      expected,
      arithmetic,
    })),
    none: 'No products.',
  });
}
