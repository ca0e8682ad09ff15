import type { RawRequest } from '../../contract/raw.ts';
import type { ConversionState } from '../../contract/state.ts';
import type { Mention } from '../../manifest/read/mentions.ts';

/** A request that came and is in no conversion: it waits in the quarantine, was refused, or is a row of the report that cannot be read. */
export interface Waiting {
  kind: 'quarantined' | 'refused' | 'row';
  id: string;
  receivedAt: string;
  why: string;
  /** Which sales it names. Where no id could be read: the words in it that could be one. */
  mentions: (Mention | { word: string })[];
}

type Named = Pick<ConversionState, 'conversionId' | 'lineId' | 'account' | 'orderId'>;

/** Whether a request is about this sale: by its ids; where none could be read, by its order, or since the id stands in it somewhere. */
export const isAbout = (sale: Named) => ({ mentions }: Waiting) =>
  mentions.some((mention) => 'word' in mention ? mention.word === sale.conversionId : names(mention, sale)); // prettier-ignore

function names(mention: Mention, sale: Named): boolean {
  if (mention.conversionId === undefined)
    return mention.orderId !== undefined && mention.orderId === sale.orderId;
  return mention.conversionId === sale.conversionId && fits(mention.lineId, sale.lineId) && fits(mention.account, sale.account); // prettier-ignore
}

const fits = (a: string | undefined, b: string | undefined) => a === undefined || b === undefined || a === b;

/** Shorter ones stand in a request by accident: a quantity, a version. */
const shortestWord = 6;
const mostWords = 200;

/** The words of a request that could be a sale's id. */
export function wordsIn({ path, query, body = '' }: RawRequest): string[] {
  const text = `${path} ${query} ${body}`;
  const words = `${text} ${decoded(text)}`.split(/[^\p{L}\p{N}._~-]+/u);
  return [...new Set(words.filter((word) => word.length >= shortestWord && /\d/.test(word)))].slice(0, mostWords); // prettier-ignore
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return '';
  }
}
