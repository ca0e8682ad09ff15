import { Client } from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { migrate, openPostgres } from '../services/ledger/database.ts';
import { ask, sale } from './support/fullLedger.ts';
import { missingPostgres, startPostgres, type Postgres } from './support/postgres.ts';
import { startRole, type RoleProcess } from './support/process.ts';
import { startPusher, type Pusher } from './support/push.ts';

const patience = { timeout: 60_000, interval: 20 };
/** No answer at all: then the process has ended. */
const gone = 0;

describe.skipIf(missingPostgres)(
  'main.ts ledger, whose PostgreSQL goes away and comes again',
  { timeout: 600_000 },
  () => {
    let postgres: Postgres;
    let pusher: Pusher;
    let ledger: RoleProcess;
    beforeAll(async () => {
      [postgres, pusher] = await Promise.all([startPostgres(), startPusher()]);
      const { db, close } = openPostgres({ connectionString: postgres.url });
      await migrate(db);
      const rules = [{ publisher: 'mkk', kind: 'prefix', value: 'MKK' }];
      await ask(db, 'import', { book: { publishers: [{ id: 'mkk', name: 'MKK' }], rules, payouts: [{ kind: 'share', rate: '90' }] } }); // prettier-ignore
      // Switched off, deliveries wait: so each can be counted, and nothing leaves the machine.
      await ask(db, 'postback-set', { publisher: 'mkk', url: 'https://example.com/?c={clickId}', on: false });
      await close();
      const settings = { ...pusher.settings, GOOGLE_CLOUD_PROJECT: 'p', DATABASE_URL: postgres.url };
      ledger = await startRole('ledger', settings);
    });
    afterAll(async () => {
      if (ledger?.child.exitCode === null) await ledger.end('SIGKILL');
      pusher?.close();
      await postgres?.stop();
    });

    const health = async (which: 'live' | 'ready') => (await fetch(`${ledger.url}/health/${which}`)).status;
    const rows = async (sql: string) => {
      const client = new Client(postgres.url);
      await client.connect();
      const { rows } = await client.query<Record<string, unknown>>(sql).finally(() => client.end());
      return rows;
    };

    /** Eight at a time, each message until it is acknowledged, as Pub/Sub does; counts what they are answered. */
    function startSending() {
      const answers = new Map<number, number>();
      const acknowledged: string[] = [];
      let isOver = false;
      let next = 0;
      const sendOne = async (event: ReturnType<typeof sale>) => {
        for (;;) {
          const status = await pusher.push(ledger.url, event).catch(() => gone);
          answers.set(status, (answers.get(status) ?? 0) + 1);
          if (status === 204) acknowledged.push(event.conversionId);
          if (status !== 503) return;
        }
      };
      const sender = async () => {
        while (!isOver && !answers.has(gone)) await sendOne(sale(`s${next++}`));
      };
      const senders = Promise.all(Array.from({ length: 8 }, sender));
      return {
        answers,
        acknowledged,
        end: () => ((isOver = true), senders),
      };
    }

    it('answers 503 meanwhile and lives on; then every message is there, once, and its publisher is told once', async () => {
      const { answers, acknowledged, end } = startSending();
      for (let round = 1; round <= 2; round++) {
        const [before, failed] = [acknowledged.length, answers.get(503) ?? 0];
        await expect.poll(() => acknowledged.length, patience).toBeGreaterThan(before + 40);
        await postgres.crash();
        await expect.poll(() => answers.get(503), patience).toBeGreaterThan(failed + 40);
        expect(await Promise.all([health('live'), health('ready')])).toEqual([200, 503]);
        await postgres.start();
        await expect.poll(() => health('ready'), patience).toBe(200);
      }
      await end();
      expect([...answers.keys()].toSorted()).toEqual([204, 503]);
      const ids = acknowledged.toSorted();
      for (const [what, sql] of Object.entries({
        conversions: 'select conversion_id as id from conversions where events = 1',
        events: `select data::json ->> 'conversionId' as id from events`,
        deliveries: 'select c.conversion_id as id from deliveries d join conversions c using (key)',
      }))
        expect((await rows(sql)).map(({ id }) => String(id)).toSorted(), what).toEqual(ids);
      expect(await rows('select * from poison')).toEqual([]);
      expect(await ledger.end('SIGTERM')).toBe(0);
    });
  },
);
