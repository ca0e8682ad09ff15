import { mkdir, open, rm, type FileHandle } from 'node:fs/promises';
import { dirname } from 'node:path';
import { Held, lockFile } from '../../runtime/embedded/kernelLock.ts';
import { UsageError } from '../errors.ts';
import type { OrderLine } from '../line.ts';
import type { OrderPage } from '../orders.ts';
import { IdSet } from './idSet.ts';
import { readBatches, recover, type Found, type Marker, type SpoolOf } from './spoolRead.ts';

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
    return { ...spool, close: () => closeAll(handle, unlock) };
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
    await handle.write(bytes, 0, bytes.length, size).catch(unwritten);
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

/** Its folder, unlike a report's, is where DATA_DIR is. */
function unwritten(error: Error): never {
  throw new Error(`what was fetched cannot be kept: ${error.message}. Make room where DATA_DIR is`, {
    cause: error,
  });
}
