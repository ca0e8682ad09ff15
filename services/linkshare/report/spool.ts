import { createReadStream } from 'node:fs';
import { mkdir, open, rm, type FileHandle } from 'node:fs/promises';
import { dirname } from 'node:path';
import { z } from 'zod';
import { Held, lockFile } from '../../runtime/embedded/kernelLock.ts';
import { UsageError } from '../errors.ts';
import type { OrderLine } from '../line.ts';
import type { OrderPage } from '../orders.ts';
import { IdSet } from './idSet.ts';

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
type Marker = z.output<typeof marker>;

/**
 * Orders on their way from TikTok into a report: a file of lines, in which every page ends with where the next begins. So a report that
 * was cut off goes on, and a million orders need no memory. It holds what shoppers bought: mode 0600, and removed when all is done.
 */
export interface Spool {
  /** Where to go on; undefined in a new one. */
  after: { page: number; next: string } | undefined;
  /** Whether the last page is in it. */
  complete: boolean;
  /** When it was begun, milliseconds since 1970. */
  begun: number;
  counts(): { orders: number; repeated: number; unread: readonly string[]; total: number | undefined };
  /** Adds a page; an order that is in it already, since orders move to the next page while they are read, stays as it was first. */
  add(page: OrderPage): Promise<void>;
  /** All lines, some hundred at a time. The lines of one order follow each other. */
  batches(): AsyncGenerator<OrderLine[]>;
  remove(): Promise<void>;
  close(): Promise<void>;
}

/** Milliseconds for which a page token may still lead on, and for which what was fetched counts as now. */
const longest = 24 * 3_600_000;

/** Opens a spool, an earlier one of the same if it is not too old. Throws UsageError if another process is at it. */
export async function openSpool(
  file: string,
  of: SpoolOf,
  { fresh = false, clock = Date.now } = {},
): Promise<Spool> {
  await mkdir(dirname(file), { recursive: true, mode: 0o700 });
  const unlock = lockSpool(file);
  let handle: FileHandle | undefined;
  try {
    const ids = new IdSet();
    const found = fresh ? undefined : await recover(file, of, clock() - longest, ids);
    handle = await open(file, found ? 'r+' : 'w', 0o600);
    const spool = await begin(file, handle, found, of, clock(), ids);
    return { ...spool, close: () => closeAll(handle!, unlock) };
  } catch (error) {
    await closeAll(handle, unlock);
    throw error;
  }
}

async function closeAll(handle: FileHandle | undefined, unlock: () => void): Promise<void> {
  await handle?.close();
  unlock();
}

function lockSpool(file: string): () => void {
  try {
    return lockFile(`${file}.lock`);
  } catch (error) {
    if (!(error instanceof Held)) throw error;
    throw new UsageError('Another linkshare report is fetching the same days: let it finish, or stop it.');
  }
}

interface Found {
  begun: number;
  /** Bytes up to the end of the last whole page. */
  size: number;
  pages: Marker[];
}

async function begin(
  file: string,
  handle: FileHandle,
  found: Found | undefined,
  of: SpoolOf,
  now: number,
  ids: IdSet,
): Promise<Omit<Spool, 'close'>> {
  let size = found?.size ?? 0;
  const sums = sumsOf(found?.pages ?? []);
  const last = found?.pages.at(-1);
  const write = async (text: string) => {
    const bytes = Buffer.from(text);
    await handle.write(bytes, 0, bytes.length, size);
    size += bytes.length;
  };
  if (found) await handle.truncate(size);
  else await write(`${JSON.stringify({ spool: 1, ...of, begun: now })}\n`);
  return {
    after: last && { page: last.page, next: last.next },
    complete: last?.next === '',
    begun: found?.begun ?? now,
    counts: () => sums,
    async add(page) {
      const fresh = page.orders.filter(({ id }) => ids.add(id));
      const { page: n, next, total, unread } = page;
      const mark: Marker = {
        page: n,
        next,
        total,
        orders: fresh.length,
        repeated: page.orders.length - fresh.length,
        unread,
      };
      const lines = fresh.flatMap((order) => order.lines.map((line) => `${JSON.stringify(line)}\n`));
      await write(`${lines.join('')}${JSON.stringify(mark)}\n`);
      addMarker(sums, mark);
    },
    batches: () => readBatches(file),
    remove: () => rm(file, { force: true }),
  };
}

interface Sums {
  orders: number;
  repeated: number;
  unread: string[];
  total: number | undefined;
}

function sumsOf(pages: readonly Marker[]): Sums {
  const sums: Sums = { orders: 0, repeated: 0, unread: [], total: undefined };
  for (const page of pages) addMarker(sums, page);
  return sums;
}

function addMarker(sums: Sums, { orders, repeated, unread, total }: Marker): void {
  sums.orders += orders;
  sums.repeated += repeated;
  sums.unread.push(...unread);
  sums.total = total ?? sums.total;
}

const isLine = (text: string) => text.startsWith('{"orderId"');

/** What an earlier run left behind, up to its last whole page; undefined where there is nothing to go on with. */
async function recover(file: string, of: SpoolOf, oldest: number, ids: IdSet): Promise<Found | undefined> {
  let found: Found | undefined;
  let at = 0;
  let waiting: string[] = [];
  for await (const text of linesOf(file)) {
    at += Buffer.byteLength(text) + 1;
    if (isLine(text)) waiting.push(/"orderId":"([^"]*)"/.exec(text)?.[1] ?? '');
    else if (!found) {
      const head = header.safeParse(parsed(text)).data;
      if (head?.from !== of.from || head.until !== of.until || head.who !== of.who || head.begun < oldest)
        return undefined;
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

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** What is behind the last line end is no line yet, but may be one that was cut off: it comes too. */
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
  if (rest !== '') yield rest;
}

async function* readBatches(file: string): AsyncGenerator<OrderLine[]> {
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
