import { UsageError } from '../../linkshare/errors.ts';
import { sorts, type ProductWish } from '../../linkshare/productSearches.ts';

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
  if ([rateFrom, rateTo].some((rate) => rate !== undefined && (rate < 100 || rate > 8000)))
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

type Range = [from: number | undefined, to: number | undefined];

/** `10..20`, `10..`, `..20` or `10`, the ends included, in `unit`s: hundredths for percent. */
function readRange(text: string | undefined, option: string, unit = 1): Range {
  if (text === undefined) return [undefined, undefined];
  const [, low = '', dots, high = ''] = /^([\d.]*?)(\.\.|-)?((?<=\.\.|-)[\d.]*)?$/.exec(text.trim()) ?? [];
  const [from, to] = [readEnd(low, option, unit), readEnd(dots ? high : low, option, unit)];
  if (from === undefined && to === undefined) throw noRange(option);
  if (from !== undefined && to !== undefined && from > to)
    throw new UsageError(`${option} ends before it begins: turn it round.`);
  return [from, to];
}

function readEnd(text: string, option: string, unit: number): number | undefined {
  if (text === '') return undefined;
  if (unit === 1 && /^\d+\.\d+$/.test(text)) throw new UsageError(`${option} takes whole numbers.`);
  if (!/^\d{1,12}(\.\d{1,2})?$/.test(text)) throw noRange(option);
  return Math.round(Number(text) * unit);
}

const noRange = (option: string) => new UsageError(`${option} is a range like 10..20, 10.. or ..20.`);

function readSort(text: string | undefined): ProductWish['sort'] {
  if (text === undefined) return undefined;
  const word = text.toUpperCase().replaceAll('-', '_');
  const sort = sorts.find((each) => each === word);
  if (sort) return sort;
  throw new UsageError(`"${text}" is no order: there are ${sorts.join(', ').toLowerCase()}.`);
}
