import { mkdir, readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { lockFile } from '../runtime/embedded/kernelLock.ts';
import type { Product } from './product.ts';
import { writeWhole } from '../runtime/wholeFile.ts';

/** Products that somebody has chosen, in the order of choosing. */
export interface Shortlist {
  all(): Promise<Product[]>;
  /** Changes it, alone among all processes that use it. */
  change(change: (products: Product[]) => Product[]): Promise<Product[]>;
}

export function shortlistFile(file: string): Shortlist {
  const all = async () => {
    const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return '[]';
      throw error;
    });
    return JSON.parse(text) as Product[];
  };
  return {
    all,
    async change(change) {
      await mkdir(dirname(file), { recursive: true, mode: 0o700 });
      const unlock = lockFile(`${file}.lock`, 2000);
      try {
        const changed = change(await all());
        await writeWhole(file, JSON.stringify(changed, null, 1), 0o600);
        return changed;
      } finally {
        unlock();
      }
    },
  };
}
