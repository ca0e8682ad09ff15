import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream, existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { migrate, openPostgres } from '../../../services/ledger/database.ts';
import { record } from '../../../services/ledger/record.ts';
import type { Ledger } from '../../../services/ledger/tables.ts';
import { openDatabase } from '../../../services/runtime/embedded/database.ts';
import { ending } from '../../support/cli.ts';
import { emptyFolder } from '../../support/folder.ts';
import { allRows, fillLedger, sale, settings } from '../../support/fullLedger.ts';
import { missingPostgres, startPostgres, type Postgres } from '../../support/postgres.ts';
import { ofSources, startLinkShare } from '../../support/process.ts';

/** Megabytes of sales, so that there is a middle to be killed in. */
const manySales = () => {
  const body = 'x'.repeat(100_000);
  return Array.from({ length: 100 }, (_, i) => sale(`big-${i}`, { raw: { method: 'POST', path: '/acme', query: '', headers: {}, body } })); // prettier-ignore
};
const run = (env: NodeJS.ProcessEnv, ...args: string[]) =>
  spawn(process.execPath, ['services/main.ts', 'cli', ...args], { env: { ...process.env, ...ofSources, ...env }, stdio: 'ignore' }); // prettier-ignore
const until = (holds: () => unknown) => expect.poll(holds, { timeout: patience, interval: 5 }).toBeTruthy();
async function killed(child: ChildProcess): Promise<void> {
  const exited = once(child, 'exit');
  child.kill('SIGKILL');
  await exited;
}

async function withFolder<T>(dataDir: string, work: (db: Ledger) => Promise<T>): Promise<T> {
  const { db, close } = await openDatabase(join(dataDir, 'database'));
  try {
    await migrate(db as unknown as Ledger);
    return await work(db as unknown as Ledger);
  } finally {
    await close();
  }
}
const but = ['audit', 'messages', 'cursors'];

/** An embedded database takes seconds to open where others need the machine too. */
const patience = 600_000;

describe.skipIf(missingPostgres)('dump and restore', { timeout: patience }, () => {
  let postgres: Postgres;
  let db: Ledger;
  let close: () => Promise<void>;
  let env: NodeJS.ProcessEnv;
  beforeAll(async () => {
    postgres = await startPostgres();
  });
  afterAll(() => postgres?.stop());
  beforeEach(async () => {
    const admin = openPostgres({ connectionString: postgres.url });
    const { sql } = await import('kysely');
    await sql`drop database if exists each with (force)`.execute(admin.db);
    await sql`create database each`.execute(admin.db);
    await admin.close();
    const url = new URL(postgres.url);
    url.pathname = '/each';
    env = { DATABASE_URL: url.href };
    ({ db, close } = openPostgres({ connectionString: url.href }));
    return () => close();
  });

  it('move a data folder to PostgreSQL and back, in a file that only its owner reads', async () => {
    const folder = emptyFolder();
    const here = { DATA_DIR: join(folder, 'here') };
    await withFolder(here.DATA_DIR, fillLedger);
    const before = await withFolder(here.DATA_DIR, (ledger) => allRows(ledger, but));
    const file = join(folder, 'ledger.jsonl');
    expect(await ending(here, ['dump', '--to', file])).toMatchObject({ code: 0, out: [expect.stringContaining('4 conversions, 5 events')] }); // prettier-ignore
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(await ending(env, ['restore', file, '--by', 'ann'])).toMatchObject({ code: 0 });
    expect(await allRows(db, but)).toEqual(before);
    expect(await ending(env, ['restore', file])).toMatchObject({ code: 1, failed: expect.stringContaining('is not empty') }); // prettier-ignore

    const back = join(folder, 'back.jsonl');
    expect(await ending(env, ['dump', '--to', back])).toMatchObject({ code: 0 });
    const there = { DATA_DIR: join(folder, 'there') };
    expect(await ending(there, ['restore', back])).toMatchObject({ code: 0 });
    expect(await withFolder(there.DATA_DIR, (ledger) => allRows(ledger, but))).toEqual(before);
    expect(readdirSync(folder).sort()).toEqual(['back.jsonl', 'here', 'ledger.jsonl', 'there']);
  });

  it('go through the server that runs on the folder; restoring into one is refused', async () => {
    const folder = emptyFolder();
    const dataDir = join(folder, 'd');
    const server = await startLinkShare(dataDir);
    const file = join(folder, 'dump');
    expect(await ending({ DATA_DIR: dataDir }, ['dump', '--to', file])).toMatchObject({ code: 0 });
    expect(readFileSync(file, 'utf8')).toContain('{"publishers":{"id":"mkk"');
    const refused = await ending({ DATA_DIR: dataDir }, ['restore', file]);
    expect(refused).toMatchObject({ code: 1, failed: expect.stringContaining('already runs on') });
    expect(await server.end('SIGTERM')).toBe(0);
    expect(await ending({ DATA_DIR: dataDir }, ['restore', file])).toMatchObject({ code: 1, failed: expect.stringContaining('is not empty') }); // prettier-ignore
  });

  it('end with a sentence where there is nothing to dump or to read', async () => {
    const folder = emptyFolder();
    const none = { DATA_DIR: join(folder, 'none') };
    expect(await ending(none, ['dump', '--to', join(folder, 'x')])).toMatchObject({ code: 1, failed: expect.stringContaining('there is no database in') }); // prettier-ignore
    expect(await ending(none, ['restore', join(folder, 'x')])).toMatchObject({ code: 1, failed: expect.stringContaining('there is no file') }); // prettier-ignore
    writeFileSync(join(folder, 'pg'), '--\n-- PostgreSQL database dump\n--\n');
    expect(await ending(none, ['restore', join(folder, 'pg')])).toMatchObject({ code: 1, failed: expect.stringContaining('no dump of LinkShare') }); // prettier-ignore
    await migrate(db);
    expect(await ending(env, ['dump', '--to', '/no/such/folder/x'])).toMatchObject({ code: 1, failed: expect.stringContaining('no such folder') }); // prettier-ignore
    expect(await ending(env, ['dump'])).toMatchObject({ code: 2 });
  });

  describe('kill -9', () => {
    it('of a dump leaves no file of that name, and the server goes on', async () => {
      const folder = emptyFolder();
      const dataDir = join(folder, 'd');
      await withFolder(dataDir, (ledger) => record(ledger, manySales(), settings));
      const server = await startLinkShare(dataDir);
      const child = run({ DATA_DIR: dataDir }, 'dump', '--to', join(folder, 'dump'));
      await until(() => readdirSync(folder).some((name) => name.endsWith('.part')));
      await killed(child);
      expect(existsSync(join(folder, 'dump'))).toBe(false);
      const again = await ending({ DATA_DIR: dataDir }, ['dump', '--to', join(folder, 'dump')]);
      expect(again).toMatchObject({ code: 0, out: [expect.stringContaining('100 events')] });
      expect(await server.end('SIGTERM')).toBe(0);
    });

    it('of the server in the middle of a dump leaves no file, and the command says so', async () => {
      const folder = emptyFolder();
      const dataDir = join(folder, 'd');
      await withFolder(dataDir, (ledger) => record(ledger, manySales(), settings));
      const server = await startLinkShare(dataDir);
      const child = run({ DATA_DIR: dataDir }, 'dump', '--to', join(folder, 'dump'));
      const exited = once(child, 'exit');
      await until(() => readdirSync(folder).some((name) => name.endsWith('.part')));
      child.kill('SIGSTOP');
      await server.end('SIGKILL');
      child.kill('SIGCONT');
      expect(await exited).toEqual([1, null]);
      expect(readdirSync(folder)).toEqual(['d']);
    });

    it.each(['PostgreSQL', 'a data folder'])(
      'of a restore into %s leaves it empty, to be restored into again',
      async (into) => {
        // prettier-ignore
        const folder = emptyFolder();
        const source = { DATA_DIR: join(folder, 's') };
        await withFolder(source.DATA_DIR, (ledger) => record(ledger, manySales(), settings));
        const file = join(folder, 'dump');
        await ending(source, ['dump', '--to', file]);
        const target = into === 'PostgreSQL' ? env : { DATA_DIR: join(folder, 't') };
        // What a pipe has taken, the other side has read, but for the little that it holds.
        const pipe = join(folder, 'pipe');
        execFileSync('mkfifo', [pipe]);
        const child = run(target, 'restore', pipe);
        const text = readFileSync(file, 'utf8');
        const writing = createWriteStream(pipe);
        await new Promise((resolve) => writing.write(text.slice(0, text.length / 2), resolve));
        await killed(child);
        writing.destroy();
        const count = (ledger: Ledger) => ledger.selectFrom('events').select('id').execute().then(({ length }) => length); // prettier-ignore
        const counted = () => (into === 'PostgreSQL' ? count(db) : withFolder(target.DATA_DIR!, count));
        expect(await counted()).toBe(0);
        expect(await ending(target, ['restore', file])).toMatchObject({ code: 0 });
        expect(await counted()).toBe(100);
      },
    );
  });
});
