import { createReadStream } from 'node:fs';
import { z } from 'zod';
import type { OrderLine } from '../line.ts';
import type { IdSet } from './idSet.ts';

/** What a spool is of: another's is not continued. */
export interface SpoolOf {
  /** Unix seconds. */
  from: number;
  until: number;
  /** Whose orders. */
  who: string;
}

const header = z.object({
  spool: z.literal(1),
  from: z.number(),
  until: z.number(),
  who: z.string(),
  begun: z.number(),
});
const marker = z.object({
  page: z.number(),
  next: z.string(),
  total: z.number().optional(),
  orders: z.number(),
  repeated: z.number(),
  unread: z.array(z.string()),
});
/** The end of a page: where the next begins, and what this one brought. */
export type Marker = z.output<typeof marker>;

export interface Found {
  begun: number;
  /** Bytes up to the end of the last whole page. */
  size: number;
  pages: Marker[];
}

const isLine = (text: string) => text.startsWith('{"orderId"');

/** What an earlier run left behind, up to its last whole page; undefined where there is nothing to go on with. */
export async function recover(
  file: string,
  of: SpoolOf,
  oldest: number,
  ids: IdSet,
): Promise<Found | undefined> {
  let found: Found | undefined;
  let at = 0;
  let waiting: string[] = [];
  for await (const text of linesOf(file)) {
    at += Buffer.byteLength(text) + 1;
    if (isLine(text)) waiting.push(/"orderId":"([^"]*)"/.exec(text)?.[1] ?? '');
    else if (!found) {
      const head = header.safeParse(parsed(text)).data;
      if (!head || head.begun < oldest || !isOf(head, of)) return undefined;
      found = { begun: head.begun, size: at, pages: [] };
    } else {
      const page = marker.safeParse(parsed(text)).data;
      // Cut off here.
      if (!page) break;
      for (const id of waiting) ids.add(id);
      waiting = [];
      found.pages.push(page);
      found.size = at;
    }
  }
  return found && found.pages.length > 0 ? found : undefined;
}

const isOf = (head: SpoolOf, { from, until, who }: SpoolOf) =>
  head.from === from && head.until === until && head.who === who;

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** What is behind the last line end was cut off: it is no line. */
async function* linesOf(file: string): AsyncGenerator<string> {
  let rest = '';
  try {
    for await (const chunk of createReadStream(file, { encoding: 'utf8', highWaterMark: 256 * 1024 })) {
      const lines = (rest + (chunk as string)).split('\n');
      rest = lines.pop()!;
      yield* lines;
    }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
}

/** All lines, some hundred at a time. */
export async function* readBatches(file: string): AsyncGenerator<OrderLine[]> {
  let batch: OrderLine[] = [];
  for await (const text of linesOf(file)) {
    if (!isLine(text)) continue;
    batch.push(JSON.parse(text) as OrderLine);
    if (batch.length < 500) continue;
    yield batch;
    batch = [];
  }
  yield batch;
}
