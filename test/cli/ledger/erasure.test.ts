import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { migrate, openPostgres } from '../../../services/ledger/database.ts';
import type { Erased } from '../../../services/ledger/erasure/erase.ts';
import type { Past } from '../../../services/ledger/erasure/retain.ts';
import { createIntake } from '../../../services/ledger/intake.ts';
import { record } from '../../../services/ledger/record.ts';
import type { Ledger } from '../../../services/ledger/tables.ts';
import { openDatabase } from '../../../services/runtime/embedded/database.ts';
import { ending } from '../../support/cli.ts';
import { emptyFolder } from '../../support/folder.ts';
import { allRows, fillLedger, sale, settings } from '../../support/fullLedger.ts';
import { missingPostgres, startPostgres, type Postgres } from '../../support/postgres.ts';
import { startLinkShare } from '../../support/process.ts';

const patience = 600_000;
const why = ['--reason', 'asked for by mail, ticket 71', '--by', 'anna'];

describe.skipIf(missingPostgres)('on PostgreSQL', { timeout: patience }, () => {
  let postgres: Postgres;
  let db: Ledger;
  let close: () => Promise<void>;
  let env: NodeJS.ProcessEnv;
  beforeAll(async () => {
    postgres = await startPostgres();
    env = { DATABASE_URL: postgres.url };
  });
  afterAll(() => postgres?.stop());
  beforeEach(async () => {
    ({ db, close } = openPostgres({ connectionString: postgres.url }));
    await sql`drop schema public cascade`.execute(db);
    await sql`create schema public`.execute(db);
    await migrate(db);
    return () => close();
  });

  const run = (...args: string[]) => ending(env, args);
  const erase = (...args: string[]) => run('erase', ...args, ...why);
  const everything = async () => JSON.stringify(await allRows(db));
  const audit = (what: string) =>
    db.selectFrom('audit').select(['who', 'after']).where('what', '=', what).execute();

  describe('linkshare erase', () => {
    beforeEach(() => fillLedger(db));

    it('shows the plan and touches nothing, then does it, in the name of whoever answers for it', async () => {
      const before = await allRows(db);
      const planned = await erase('--click-id', 'click-1', '--plan');
      expect(planned).toMatchObject({ code: 0 });
      expect(planned.out.join('\n')).toMatch(/^conversions +1$[^]*^acme\/\/1\/$[^]*This is the plan/m);
      expect(await allRows(db)).toEqual(before);
      const done = await erase('--click-id', 'click-1');
      expect(done).toMatchObject({ code: 0 });
      expect(done.out).toEqual(planned.out.slice(0, -1));
      expect(await everything()).not.toMatch(/click-1[" ]|order-1"/);
      const [note] = await audit('a person erased');
      expect(note).toMatchObject({ who: 'anna', after: expect.stringContaining('ticket 71') as string });
      expect(note!.after).not.toContain('click-1');
    });

    it('says as JSON what scripts need, and the second time that nothing is left to do', async () => {
      const erased = async (): Promise<Erased> => JSON.parse((await erase('--order', 'order-1', '--json')).out.join('\n')) as Erased; // prettier-ignore
      expect(await erased()).toMatchObject({ conversions: ['acme//1/'], deliveries: 2 });
      expect(await erased()).toMatchObject({ conversions: [], events: [], deliveries: 0 });
      expect(await audit('a person erased')).toHaveLength(1);
    });

    it.each([
      ['nobody is named', [], 'say one of --click-id, --sub-id, --order and --address', 2],
      ['two names', ['--order', 'order-1', '--click-id', 'click-1'], 'say one of', 2],
      ['a name that is everybody', ['--order', 'o'], 'three characters', 1],
    ])('refuses it where %s', async (_, args, sentence, code) => {
      const before = await allRows(db);
      expect(await erase(...args)).toMatchObject({ code, failed: expect.stringContaining(sentence) as string }); // prettier-ignore
      expect(await allRows(db)).toEqual(before);
    });

    it.each([
      ['a person', ['--reason', 'asked for by mail'], '--by', 2],
      ['a reason', ['--by', 'anna'], '--reason', 2],
      ['a reason that says something', ['--by', 'anna', '--reason', 'no'], 'say why', 1],
    ])('asks for %s', async (_, args, sentence, code) => {
      const ended = await run('erase', '--order', 'order-1', ...args);
      expect(ended).toMatchObject({ code, failed: expect.stringContaining(sentence) as string });
    });

    it('killed in the middle has done nothing; the next one does it whole', async () => {
      const before = await allRows(db);
      const args = ['services/main.ts', 'cli', 'erase', '--click-id', 'click-1', ...why];
      // Sales are rewritten already when it comes to the deliveries, which somebody holds.
      const child = await db.transaction().execute(async (trx) => {
        await trx.selectFrom('deliveries').select('id').forUpdate().execute();
        const started = spawn(process.execPath, args, { env: { ...process.env, ...env }, stdio: 'ignore' });
        await expect.poll(() => waiting(), { timeout: patience }).toBe(1);
        started.kill('SIGKILL');
        await once(started, 'exit');
        return started;
      });
      expect(child.signalCode).toBe('SIGKILL');
      await expect.poll(() => others(), { timeout: patience }).toBe(0);
      expect(await allRows(db)).toEqual(before);
      expect(await erase('--click-id', 'click-1')).toMatchObject({ code: 0 });
      expect(await everything()).not.toMatch(/click-1[" ]|order-1"/);
    });
  });

  describe('linkshare retention', () => {
    beforeEach(async () => {
      const receivedAt = '2020-01-01T00:00:00.000Z';
      const { raw } = sale('1');
      const refused = { version: 1, id: 'r', partner: 'acme', conversionId: '1', receivedAt, raw, why: 'wrong secret' }; // prettier-ignore
      await record(db, [sale('old', { receivedAt }), sale('new', { receivedAt: new Date().toISOString() })], settings); // prettier-ignore
      await createIntake(db, settings).take('refused', [JSON.stringify(refused)]);
    });
    const gone = (past: Past[]) => past.filter(({ rows }) => rows > 0).map(({ what, rows }) => [what, rows]);
    const inJson = async (...args: string[]) => JSON.parse((await run('retention', '--json', ...args)).out.join('\n')) as Past[]; // prettier-ignore

    it('shows what is past its time and lets nothing go, then does, audited; then there is nothing', async () => {
      const expected = [
        ['requests of events', 1],
        ['refused requests', 1],
      ];
      const before = await allRows(db);
      expect((await run('retention', '--plan')).out.join('\n')).toMatch(/^requests of events +400 +1$/m);
      expect(gone(await inJson('--plan'))).toEqual(expected);
      expect(await allRows(db)).toEqual(before);
      expect(gone(await inJson('--by', 'anna'))).toEqual(expected);
      expect(await db.selectFrom('refused').select('id').execute()).toEqual([]);
      const events = await db.selectFrom('events').select('data').orderBy('received_at').execute();
      expect(events.map(({ data }) => data.includes('198.51.100.2'))).toEqual([false, true]);
      expect(gone(await inJson())).toEqual([]);
      const [note, ...more] = await audit('kept no longer');
      expect(note).toMatchObject({ who: 'anna' });
      expect(JSON.parse(note!.after!)).toEqual(Object.fromEntries(expected));
      expect(more).toEqual([]);
    });
  });

  /** Sessions beside ours: those that wait for a lock, and all. */
  const waiting = () => sessions(sql`wait_event_type = 'Lock'`);
  const others = () => sessions(sql`state <> 'idle'`);
  async function sessions(which: ReturnType<typeof sql>): Promise<number> {
    const { rows } = await sql<{ n: number }>`
      select count(*)::int as n from pg_stat_activity
      where pid <> pg_backend_pid() and backend_type = 'client backend' and ${which}`.execute(db);
    return rows[0]!.n;
  }
});

it(
  'erase and retention go through the server that runs on a data folder',
  { timeout: patience },
  async () => {
    const dataDir = join(emptyFolder(), 'd');
    const opened = await openDatabase(join(dataDir, 'database'));
    const folder = opened.db as unknown as Ledger;
    await migrate(folder);
    await record(folder, [sale('1')], settings);
    await opened.close();
    const server = await startLinkShare(dataDir);
    const ask = (...args: string[]) => ending({ DATA_DIR: dataDir }, args);
    const erased = await ask('erase', '--click-id', 'click-1', ...why);
    expect(erased).toMatchObject({ code: 0 });
    expect(erased.out).toContain('acme//1/');
    expect((await ask('retention', '--plan')).out.join('\n')).toMatch(
      /^requests in the embedded bus +400 +0$/m,
    );
    expect(await server.end('SIGTERM')).toBe(0);
    const again = await openDatabase(join(dataDir, 'database'));
    expect(JSON.stringify(await allRows(again.db as unknown as Ledger))).not.toMatch(/click-1"|order-1"/);
    await again.close();
  },
);
