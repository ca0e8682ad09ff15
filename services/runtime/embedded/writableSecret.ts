import { chmod, mkdir, readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { writeWhole } from '../wholeFile.ts';
import type { WritableSecret } from '../writableSecret.ts';
import { Held, lockFile } from './kernelLock.ts';

/** Milliseconds: what is done alone is a request or two. */
const patience = 60_000;

/** A secret in a file that its owner alone reads, replaced whole. The lock beside it is the kernel's: who is killed holds it no longer. */
export const fileSecret = (file: string): WritableSecret => ({
  where: file,
  read: () => textOf(file),
  async write(value) {
    await makeFolder(file);
    await writeWhole(file, value, 0o600);
  },
  async alone(work) {
    await makeFolder(file);
    const unlock = await lock(`${file}.lock`);
    try {
      return await work();
    } finally {
      unlock();
    }
  },
  close: () => Promise.resolve(),
});

async function makeFolder(file: string): Promise<void> {
  await mkdir(dirname(file), { recursive: true, mode: 0o700 });
  await chmod(dirname(file), 0o700);
}

/** Waiting for the kernel would hold up all else in this process: it is asked again and again instead. */
async function lock(file: string): Promise<() => void> {
  const until = performance.now() + patience;
  for (;;)
    try {
      return lockFile(file, 20);
    } catch (error) {
      if (!(error instanceof Held) || performance.now() > until) throw error;
      await sleep(20 + Math.random() * 50);
    }
}

async function textOf(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}
