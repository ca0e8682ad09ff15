import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import type { RequestListener } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { askServer, takeLock, type Lock } from '../../../services/runtime/embedded/lock.ts';

const root = mkdtempSync(join(tmpdir(), 'ls-lock-'));
let count = 0;
const newFolder = () => join(root, String(count++));
const locks: Lock[] = [];
const children: ChildProcess[] = [];
afterEach(async () => {
  await Promise.all(locks.splice(0).map((lock) => lock.release()));
  for (const child of children.splice(0)) {
    if (child.exitCode === null && child.signalCode === null) child.kill('SIGKILL');
  }
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

const json: RequestListener = (request, response) =>
  response.writeHead(200).end(JSON.stringify({ asked: request.url }));

async function take(folder: string, listener = json): Promise<Lock> {
  const lock = await takeLock(folder, listener);
  locks.push(lock);
  return lock;
}

/** Another process that tries to take the lock; resolves to what it says of it. */
async function other(folder: string): Promise<{ said: string; child: ChildProcess }> {
  const child = spawn(process.execPath, ['test/runtime/embedded/hold-lock.ts', folder], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  children.push(child);
  const [data] = (await once(child.stdout, 'data')) as [Buffer];
  return { said: data.toString().trim(), child };
}

describe('takeLock', () => {
  it('is refused while another process holds the folder, and says what to do', async () => {
    const folder = newFolder();
    await other(folder);
    await expect(takeLock(folder, json)).rejects.toThrow(
      new RegExp(`^LinkShare already runs on ${folder}: stop it, or set DATA_DIR to another folder$`),
    );
  });

  it('is refused a second time within one process too, and the first keeps it', async () => {
    const folder = newFolder();
    await take(folder);
    await expect(takeLock(folder, json)).rejects.toThrow('already runs');
    expect((await other(folder)).said).toMatch(/^refused: LinkShare already runs/);
    expect(await askServer(folder, '/still')).toEqual({ asked: '/still' });
  });

  it('is refused for a path that no socket can have, before anything is made', async () => {
    const folder = join(newFolder(), 'x'.repeat(120));
    await expect(takeLock(folder, json)).rejects.toThrow(/^DATA_DIR=.* is too long for a Unix socket/);
    expect(existsSync(folder)).toBe(false);
  });

  it('is given to exactly one of six processes that try at the same moment, also over a dead socket', async () => {
    for (const isStale of [false, true]) {
      const folder = newFolder();
      if (isStale) await killHolder(folder);
      const said = await Promise.all(Array.from({ length: 6 }, async () => (await other(folder)).said));
      expect(said.filter((each) => each === 'taken')).toHaveLength(1);
      expect(said.filter((each) => each.startsWith('refused: LinkShare already runs'))).toHaveLength(5);
    }
  });

  it('is given after the holder was killed with its socket left behind', async () => {
    const folder = newFolder();
    await killHolder(folder);
    expect(existsSync(join(folder, 'linkshare.sock'))).toBe(true);
    expect(await askServer(folder, '/')).toBeUndefined();
    await take(folder);
    expect(await askServer(folder, '/a')).toEqual({ asked: '/a' });
  });

  it('is given after a release, which leaves no socket', async () => {
    const folder = newFolder();
    await (await takeLock(folder, json)).release();
    expect(existsSync(join(folder, 'linkshare.sock'))).toBe(false);
    expect((await other(folder)).said).toBe('taken');
  });

  it('lets only its user in: the folder, the lock and the socket', async () => {
    const folder = newFolder();
    await take(folder);
    const mode = (file: string) => statSync(file).mode & 0o777;
    expect(mode(folder)).toBe(0o700);
    expect(mode(join(folder, 'linkshare.sock'))).toBe(0o600);
  });

  it('leaves the mode of a folder that was there before: it may be shared on purpose', async () => {
    const folder = newFolder();
    mkdirSync(folder, { mode: 0o755 });
    await take(folder);
    expect(statSync(folder).mode & 0o777).toBe(0o755);
  });
});

describe('askServer', () => {
  it('is undefined where there is no folder at all', async () => {
    expect(await askServer(newFolder(), '/')).toBeUndefined();
  });

  it('rejects with what the server says is wrong', async () => {
    const folder = newFolder();
    await take(folder, (_request, response) =>
      response.writeHead(400).end(JSON.stringify({ title: 'limit is 1 to 200' })),
    );
    await expect(askServer(folder, '/')).rejects.toThrow('answered 400: limit is 1 to 200');
  });

  it('rejects an answer that is no JSON', async () => {
    const folder = newFolder();
    await take(folder, (_request, response) => response.end('<html>'));
    await expect(askServer(folder, '/')).rejects.toThrow('JSON');
  });

  it('rejects when the server goes away in the middle of its answer', async () => {
    const folder = newFolder();
    await take(folder, (_request, response) => {
      response.write('{"half":');
      setTimeout(() => response.destroy(), 20);
    });
    await expect(askServer(folder, '/')).rejects.toThrow();
  });
});

async function killHolder(folder: string): Promise<void> {
  const { said, child } = await other(folder);
  expect(said).toBe('taken');
  child.kill('SIGKILL');
  await once(child, 'exit');
}
