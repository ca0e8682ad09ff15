import { chmodSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';

/** Another process, or another part of this one, holds the file. */
export class Held extends Error {}

/**
 * Locks a file for this process and returns how to unlock it. The lock is the kernel's, on a file that SQLite opens and nobody ever
 * deletes: it ends with its process, however that ends. Nothing else may open this file: POSIX drops a process's lock when it closes
 * any handle of it. Waits `patience` milliseconds, in which nothing else of this process runs, then throws Held.
 */
export function lockFile(file: string, patience = rivalryMs): () => void {
  let lock: DatabaseSync | undefined;
  try {
    lock = new DatabaseSync(file, { timeout: patience });
    chmodSync(file, 0o600);
    // Nothing is ever written into it, so it needs no journal beside it.
    lock.exec('pragma journal_mode = memory; begin exclusive');
  } catch (error) {
    lock?.close();
    const { errcode, message } = error as Error & { errcode?: number };
    if (errcode === busy) throw new Held(`${file} is held`, { cause: error });
    throw new Error(`${file} cannot be locked: ${message}`, { cause: error });
  }
  return () => lock.close();
}

/** SQLITE_BUSY */
const busy = 5;

/**
 * How long to try again. SQLite takes the lock in steps, so of those who try at the same moment each may stand in the other's way;
 * at the first refusal all of them would give up, and nobody have it.
 */
const rivalryMs = 250;
