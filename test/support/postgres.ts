import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, rmSync, chownSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from 'pg';
import { freePort } from './port.ts';

const installed = '/usr/lib/postgresql';
const version = existsSync(installed)
  ? readdirSync(installed).sort((a, b) => Number(b) - Number(a))[0]
  : undefined;

/** Why tests on PostgreSQL cannot run here, or nothing. With CI=true that is a failure. */
export const missingPostgres =
  version === undefined ? `no PostgreSQL in ${installed}: apt-get install postgresql` : undefined;
if (missingPostgres !== undefined && process.env.CI) throw new Error(missingPostgres);

export interface Postgres {
  url: string;
  pid: number;
  stop(): Promise<void>;
}

/** A PostgreSQL server of its own on a free loopback port, as nobody: it refuses to run as root. Its data need not survive anything. */
export async function startPostgres(): Promise<Postgres> {
  const bin = (name: string) => join(installed, version!, 'bin', name);
  const folder = mkdtempSync(join(tmpdir(), 'ls-pg-'));
  const nobody = { uid: 65_534, gid: 65_534 };
  const as = process.getuid?.() === 0 ? nobody : {};
  if (process.getuid?.() === 0) chownSync(folder, nobody.uid, nobody.gid);
  const data = join(folder, 'data');
  execFileSync(bin('initdb'), ['-D', data, '-U', 'ledger', '--auth=trust', '--no-sync', '--encoding=UTF8', '--locale=C'], { ...as, cwd: folder, stdio: 'pipe' }); // prettier-ignore
  const port = await freePort();
  const options = [
    '-c',
    'fsync=off',
    '-c',
    'listen_addresses=127.0.0.1',
    '-c',
    `unix_socket_directories=${folder}`,
  ];
  const server = spawn(bin('postgres'), ['-D', data, '-p', String(port), ...options], {
    ...as,
    cwd: folder,
    stdio: 'ignore',
  });
  const exited = once(server, 'exit');
  const url = `postgres://ledger@127.0.0.1:${port}/postgres`;
  await until(() => answers(url), 30_000);
  return {
    url,
    pid: server.pid!,
    async stop() {
      server.kill('SIGQUIT');
      await exited;
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

async function answers(url: string): Promise<boolean> {
  const client = new Client(url);
  client.on('error', () => {});
  try {
    await client.connect();
    await client.end();
    return true;
  } catch {
    return false;
  }
}

async function until(holds: () => Promise<boolean>, ms: number): Promise<void> {
  for (const end = Date.now() + ms; !(await holds()); await sleep(50))
    if (Date.now() > end) throw new Error(`PostgreSQL did not start within ${ms} ms`);
}
