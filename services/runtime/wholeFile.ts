import { randomBytes } from 'node:crypto';
import { open, rename, rm, type FileHandle } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';

/** A file under another name until it is whole. */
export interface Draft {
  write(data: string | Uint8Array): Promise<void>;
  /** Gives it its name, over what had it before. */
  finish(): Promise<void>;
  /** Leaves nothing behind. */
  abandon(): Promise<void>;
}

/** Begins a file beside its final name: who finds the name finds a whole file, also after a full disk or a kill. */
export async function beginFile(file: string, mode = 0o644): Promise<Draft> {
  const draft = join(dirname(file), `.${basename(file)}.${randomBytes(4).toString('hex')}.part`);
  const handle = await open(draft, 'wx', mode).catch((error: unknown) =>
    Promise.reject(readable(error, file)),
  );
  const abandon = async () => {
    await handle.close().catch(() => undefined);
    await rm(draft, { force: true });
  };
  return {
    abandon,
    write: (data) => writeAll(handle, data).catch((error: unknown) => Promise.reject(readable(error, file))),
    async finish() {
      try {
        await handle.sync();
        await handle.close();
        await rename(draft, file);
      } catch (error) {
        await abandon();
        throw readable(error, file);
      }
    },
  };
}

async function writeAll(handle: FileHandle, data: string | Uint8Array): Promise<void> {
  await handle.writeFile(data);
}

/** Writes a whole file with `fill`, or none. */
export async function writeFileBy(
  file: string,
  fill: (write: Draft['write']) => Promise<void>,
  mode?: number,
): Promise<void> {
  const draft = await beginFile(file, mode);
  try {
    await fill((data) => draft.write(data));
  } catch (error) {
    await draft.abandon();
    throw error;
  }
  await draft.finish();
}

export const writeWhole = (file: string, data: string | Uint8Array, mode?: number): Promise<void> =>
  writeFileBy(file, (write) => write(data), mode);

const reasons: Record<string, string> = {
  ENOSPC: 'the disk is full: make room, or write to another folder',
  EDQUOT: 'your share of the disk is used up: make room, or write to another folder',
  EFBIG: 'a file may not grow that large here: write to another folder',
  ENOENT: 'there is no such folder: make it, or name another',
  EACCES: 'this folder is not yours to write in: name another',
  EROFS: 'this folder can only be read: name another',
};

function readable(error: unknown, file: string): Error {
  const { code = '', message } = error as NodeJS.ErrnoException;
  return new Error(`${file} was not written: ${reasons[code] ?? message}`, { cause: error });
}
