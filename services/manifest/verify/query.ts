import { decode } from '../read/request.ts';

/** A raw query, cut where its own signature begins: what was signed, and the names of what stands behind it. */
export interface SignedQuery {
  text: string;
  behind: string[];
}

/** Cuts a raw query at the first parameter that is one of the signature's names. Whole, if the signature stands elsewhere. */
export function cutQuery(query: string, own: ReadonlySet<string>): SignedQuery {
  const pairs = query.split('&');
  const at = pairs.findIndex((pair) => own.has(nameOf(pair)));
  if (at < 0) return { text: query, behind: [] };
  return { text: pairs.slice(0, at).join('&'), behind: pairs.slice(at + 1).map(nameOf) };
}

const nameOf = (pair: string) => {
  const name = pair.split('=', 1)[0]!;
  return decode(name) ?? name;
};

/**
 * The query as some sign it: with its percent signs undone (AdMob does, as its samples with spaces show). Undefined where another query
 * would be undone to the same text and read otherwise: with an & or = that moved, or a + or % that stands for itself.
 */
export function undone(query: string): string | undefined {
  if (!query.includes('%')) return undefined;
  try {
    const text = decodeURIComponent(query);
    return /[%+]/.test(text) || !query.split('&').every(staysWhole) ? undefined : text;
  } catch {
    return undefined;
  }
}

function staysWhole(pair: string): boolean {
  const [name = ''] = pair.split('=', 1);
  return !decodeURIComponent(pair).includes('&') && !decodeURIComponent(name).includes('=');
}
