import { UsageError } from '../../linkshare/errors.ts';
import { sorts, type ProductWish } from '../../linkshare/products.ts';

export interface WishOptions {
  keyword?: string;
  category?: string[];
  commission?: string;
  price?: string;
  sales?: string;
  sort?: string;
  open?: boolean;
}

/** Reads the filters of a search. Throws UsageError. */
export function readWish(words: readonly string[], options: WishOptions): ProductWish {
  const keyword = [...words, options.keyword ?? ''].join(' ').trim();
  if (keyword.length > 255) throw new UsageError('TikTok takes at most 255 letters of a title.');
  for (const id of options.category ?? [])
    if (!/^\d+$/.test(id)) throw new UsageError(`"${id}" is no category id: it has digits only.`);
  const [rateFrom, rateTo] = readRange(options.commission, '--commission', 100);
  if (
    (rateFrom !== undefined && (rateFrom < 100 || rateFrom > 8000)) ||
    (rateTo !== undefined && (rateTo < 100 || rateTo > 8000))
  )
    throw new UsageError('--commission goes from 1 to 80 percent: more or less TikTok does not take.');
  const [priceFrom, priceTo] = readRange(options.price, '--price');
  const [soldFrom, soldTo] = readRange(options.sales, '--sales');
  if (options.open && (soldFrom !== undefined || soldTo !== undefined))
    throw new UsageError('--sales is a filter of the selection only: leave out --open.');
  return {
    keyword: keyword || undefined,
    categories: options.category,
    ...{ rateFrom, rateTo, priceFrom, priceTo, soldFrom, soldTo },
    sort: readSort(options.sort),
  };
}

/** `10..20`, `10..`, `..20` or `10`, the ends included. Given units of each: hundredths for percent. */
function readRange(
  text: string | undefined,
  option: string,
  unit = 1,
): [number | undefined, number | undefined] {
  if (text === undefined) return [undefined, undefined];
  const match = /^(\d{0,12}(?:\.\d{1,2})?)(\.\.|-)?(\d{0,12}(?:\.\d{1,2})?)$/.exec(text.trim());
  const [, low = '', dots, high = ''] = match ?? [];
  if (!match || (low === '' && high === ''))
    throw new UsageError(`${option} is a range like 10..20, 10.. or ..20.`);
  const number = (digits: string) => (digits === '' ? undefined : Math.round(Number(digits) * unit));
  const [from, to] = [number(low), dots ? number(high) : number(low)];
  if (unit === 1 && /\.\d/.test(low + high)) throw new UsageError(`${option} takes whole numbers.`);
  if (from !== undefined && to !== undefined && from > to)
    throw new UsageError(`${option} ends before it begins: turn it round.`);
  return [from, to];
}

function readSort(text: string | undefined): ProductWish['sort'] {
  if (text === undefined) return undefined;
  const word = text.toUpperCase().replaceAll('-', '_');
  const sort = sorts.find((each) => each === word);
  if (sort) return sort;
  throw new UsageError(`"${text}" is no order: there are ${sorts.join(', ').toLowerCase()}.`);
}
