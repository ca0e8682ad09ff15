import { chmodSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { createServer, type RequestListener, type Server } from 'node:http';
import { resolve } from 'node:path';
import { Held, lockFile } from './kernelLock.ts';
import { socketPath } from './socket.ts';

export { askServer, streamServer } from './socket.ts';

export interface Lock {
  release(): Promise<void>;
}

/** Another process holds the folder: a server that runs, or a command that will be done in a moment. */
export class FolderInUse extends Error {}

/**
 * Takes a data folder for this process: the embedded database must never be open twice. `listener` then answers the command line
 * on a Unix socket in it. Rejects with FolderInUse if another process holds the folder.
 */
export async function takeLock(dataDir: string, listener: RequestListener): Promise<Lock> {
  const path = socketPath(dataDir);
  mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  const unlock = lockFolder(dataDir);
  const server = createServer(listener);
  const release = async () => {
    rmSync(path, { force: true });
    await close(server);
    unlock();
  };
  try {
    await listen(server, path);
  } catch (error) {
    await release();
    throw error;
  }
  return { release };
}

/** The socket cannot be the lock: to take away one that a killed process left behind is to look and then to act, and what is taken away may be alive by then. */
function lockFolder(dataDir: string): () => void {
  try {
    return lockFile(resolve(dataDir, 'lock'));
  } catch (error) {
    if (!(error instanceof Held)) throw error;
    throw new FolderInUse(
      `LinkShare already runs on ${dataDir}: stop it, or set DATA_DIR to another folder`,
      { cause: error },
    );
  }
}

/** Under another name until its mode is set; then it takes the place of one that was left behind. */
async function listen(server: Server, path: string): Promise<void> {
  const fresh = `${path}.new`;
  rmSync(fresh, { force: true });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen(fresh, resolve);
  });
  chmodSync(fresh, 0o600);
  renameSync(fresh, path);
}

function close(server: Server): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  server.closeAllConnections();
  return closed;
}
