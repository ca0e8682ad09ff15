import { chmod, mkdir, readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { Held, lockFile } from '../runtime/embedded/kernelLock.ts';
import type { TokenStore } from './tokens.ts';
import { writeWhole } from './wholeFile.ts';

const seconds = z.number().int().positive();

const tokensSchema = z.object({
  accessToken: z.string().min(1),
  accessExpires: seconds,
  refreshToken: z.string(),
  refreshExpires: seconds,
  openId: z.string(),
  userType: z
    .number()
    .optional()
    .transform((value) => value),
  name: z
    .string()
    .optional()
    .transform((value) => value),
  region: z
    .string()
    .optional()
    .transform((value) => value),
  scopes: z.array(z.string()),
});

/** Milliseconds: refreshing takes one request of at most 30 s. */
const patience = 60_000;

/** Tokens in a file that its owner alone reads, replaced whole. The lock beside it is the kernel's: who is killed holds it no longer. */
export function tokenFile(file: string): TokenStore {
  return {
    async read() {
      const text = await textOf(file);
      if (text === undefined) return undefined;
      try {
        return readTokens(text);
      } catch (error) {
        throw new Error(`${file} holds no tokens: delete it and authorise again: linkshare auth login`, {
          cause: error,
        });
      }
    },
    async write(tokens) {
      await makeFolder(file);
      await writeWhole(file, JSON.stringify(tokens, null, 2), 0o600);
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
  };
}

function readTokens(text: string) {
  const { userType, name, region, ...rest } = tokensSchema.parse(JSON.parse(text));
  return { ...rest, userType, name, region };
}

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
