import { setTimeout as sleep } from 'node:timers/promises';
import { createHash } from 'node:crypto';
import type { ConnectorContext } from './connector.ts';
import { FetchError } from './http.ts';

export interface NumberedPage {
  text: string;
  rows: number;
  /** Rows of all pages, where they say it. */
  total: number | undefined;
}

/** Pages 1, 2 .. up to an empty one. A short page is not taken for the last: how many rows they give is theirs to decide. */
export async function* numberedPages(
  network: string,
  fetchPage: (page: number) => Promise<NumberedPage>,
): AsyncGenerator<string> {
  const seen = new Set<string>();
  let taken = 0;
  for (let page = 1; ; page++) {
    const { text, rows, total } = await fetchPage(page);
    if (rows === 0) return;
    if (seen.size === seen.add(hash(text)).size) throw circle(network);
    taken += rows;
    yield text;
    if (total !== undefined && taken >= total) return;
  }
}

export interface ScrolledPage {
  text: string;
  /** Names the next page; empty at the end. */
  next: string;
}

/** The query must be made again from its beginning: what names its next page is no longer good, or they take no more calls for now. */
export class Again extends Error {}

/** Queries in a row that bring no page that was not there before. */
const mostFruitless = 3;

interface Scroll {
  network: string;
  ask: (next: string) => Promise<ScrolledPage>;
  /** Milliseconds before the query is made again. */
  pause: number;
}

/** Pages that name the next one. Where a query is made again, what was given already is passed over: every page comes once. */
export async function* scrolledPages(
  { log, signal, wait = (ms) => sleep(ms, undefined, { signal }) }: ConnectorContext,
  { network, ask, pause }: Scroll,
): AsyncGenerator<string> {
  const given = new Set<string>();
  let fruitless = 0;
  for (;;)
    try {
      for await (const { text, mark } of oneScroll(network, ask)) {
        if (given.has(mark)) continue;
        given.add(mark);
        fruitless = 0;
        yield text;
      }
      return;
    } catch (error) {
      if (!(error instanceof Again)) throw error;
      if (++fruitless > mostFruitless) throw new FetchError(`${network}: ${error.message}`);
      log.warn('report: the query is made again', { network, why: error.message, ms: pause });
      await wait(pause);
    }
}

async function* oneScroll(network: string, ask: Scroll['ask']) {
  const seen = new Set<string>();
  let next = '';
  do {
    const page = await ask(next);
    const { text } = page;
    // Each query has names of its own for the same pages.
    const mark = hash(page.next === '' ? text : text.replaceAll(JSON.stringify(page.next), ''));
    if (seen.has(mark) || seen.has(page.next)) throw circle(network);
    seen.add(mark).add(page.next);
    yield { text, mark };
    next = page.next;
  } while (next !== '');
}

const hash = (text: string) => createHash('sha256').update(text).digest('base64');

const circle = (network: string) =>
  new FetchError(
    `${network} sends the same pages again and again: the report would never end. Ask for fewer days at once; if it stays, report it to them`,
  );
