import { once } from 'node:events';
import type { Writable } from 'node:stream';
import type { Ledger } from '../tables.ts';
import { dumpLedger } from './dump.ts';

/** Milliseconds for which a reader may stand still: until it has read on, the embedded database does nothing else. */
const patience = 10_000;

/** Writes a dump into a stream, no faster than it is read, and ends it; where that fails, the stream is cut off. */
export async function dumpInto(stream: Writable, db: Ledger, now: Date): Promise<void> {
  try {
    await dumpLedger(db, (text) => write(stream, text), now);
    stream.end();
  } catch (error) {
    stream.destroy(error as Error);
    throw error;
  }
}

async function write(stream: Writable, text: string): Promise<void> {
  if (stream.destroyed) throw new Error('whoever asked for the dump has gone');
  if (stream.write(text)) return;
  const gone = new AbortController();
  stream.once('close', () => gone.abort());
  const signal = AbortSignal.any([gone.signal, AbortSignal.timeout(patience)]);
  await once(stream, 'drain', { signal });
}
