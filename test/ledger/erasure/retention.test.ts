import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Past } from '../../../services/ledger/erasure/retain.ts';
import { runRetention, planRetention } from '../../../services/ledger/erasure/retain.ts';
import { createIntake } from '../../../services/ledger/intake.ts';
import { refold } from '../../../services/ledger/record.ts';
import { createTableBus } from '../../../services/runtime/embedded/bus.ts';
import type { Database } from '../../../services/runtime/embedded/database.ts';
import { allRows, fillLedger, now, sale, settings } from '../../support/fullLedger.ts';
import { engines, startTestLedger, type TestLedger } from '../../support/ledger.ts';
import { missingPostgres } from '../../support/postgres.ts';

/** After `now`, when all that the tests' ledger holds was received. */
const days = (n: number) => new Date(now.getTime() + n * 86_400_000);

describe.each(engines)('on %s', (engine) => {
  describe.skipIf(engine === 'PostgreSQL' && missingPostgres)('retention', { timeout: 300_000 }, () => {
    let ledger: TestLedger;
    beforeAll(async () => (ledger = await startTestLedger(engine)));
    afterAll(() => ledger?.close());
    beforeEach(async () => {
      await ledger.reset();
      await fillLedger(ledger.db);
      // Written by the database's clock, which is the machine's.
      await ledger.db.updateTable('poison').set({ why: 'no JSON' }).execute();
    });

    const gone = (past: readonly Past[]) => Object.fromEntries(past.filter(({ rows }) => rows > 0).map(({ what, rows }) => [what, rows])); // prettier-ignore
    const plan = async (at: Date) => gone(await planRetention(ledger.db, at));
    const run = async (at: Date) => gone(await runRetention(ledger.db, at, 'ann'));
    const refoldAll = async () => {
      const keys = (await ledger.db.selectFrom('conversions').select('key').execute()).map(({ key }) => key);
      return ledger.db.transaction().execute((trx) => refold(trx, keys, settings));
    };

    it('lets go nothing before its time', async () => {
      expect(await plan(days(-10))).toEqual({});
      expect(await run(days(-10))).toEqual({});
    });

    it('lets go what was refused after 7 days, answers after 90, requests after 400; the sales stay as they are', async () => {
      const conversions = (await allRows(ledger.db)).conversions;
      expect(await run(days(0))).toEqual({ 'refused requests': 1 });
      expect(await run(days(91))).toEqual({ 'what publishers answered': 1 });
      const late = days(401);
      const planned = await plan(late);
      expect(planned).toMatchObject({ 'requests of events': 5, 'requests in the quarantine': 1, poison: 1 });
      expect(await run(late)).toEqual(planned);
      expect(await run(late)).toEqual({});
      const left = await allRows(ledger.db);
      for (const name of ['events', 'quarantine', 'poison', 'refused', 'delivery_attempts'])
        expect(left[name]!.join(), name).not.toMatch(/203\.0\.113\.7|198\.51\.100\.2|Phone|answered 500/);
      expect(left.events!.join()).toContain('click-1');
      expect(left.conversions).toEqual(conversions);
      expect(await refoldAll()).toEqual([]);
    });

    it('is audited by what and how much, and only where something went', async () => {
      const count = async () => (await ledger.db.selectFrom('audit').selectAll().execute()).length;
      const before = await count();
      await run(days(0));
      await run(days(0));
      const audit = await ledger.db.selectFrom('audit').selectAll().orderBy('seq', 'desc').execute();
      expect(audit[0]).toMatchObject({ who: 'ann', what: 'kept no longer', after: '{"refused requests":1}' });
      expect(await count()).toBe(before + 1);
    });

    it('two at once, over more than one batch, let go each row once', async () => {
      const many = Array.from({ length: 250 }, (_, i) => JSON.stringify(sale(`m${i}`)));
      await createIntake(ledger.db, settings).take('conversions', many);
      const at = days(401);
      const both = await Promise.all([run(at), run(at)]);
      const sum = both.reduce((total, each) => total + (each['requests of events'] ?? 0), 0);
      expect(sum).toBe(255);
      expect(await plan(at)).toEqual({});
      expect(await refoldAll()).toEqual([]);
    });

    if (engine === 'PGlite')
      it('lets go of the embedded bus what is recorded, and keeps what is not', async () => {
        const bus = createTableBus(ledger.db as unknown as Database);
        const message = (id: string) => ({ id, data: JSON.stringify(sale(id)), attributes: {} });
        await bus.publish('conversions', [message('1'), message('2')]);
        const { seq } = await (ledger.db as unknown as Database).selectFrom('messages').select('seq').orderBy('seq').executeTakeFirstOrThrow(); // prettier-ignore
        await ledger.db.insertInto('cursors').values({ topic: 'conversions', seq }).execute();
        expect(await run(days(800))).toMatchObject({ 'requests in the embedded bus': 1 });
        const messages = (await allRows(ledger.db)).messages!.map((row) => row.includes('203.0.113.7'));
        expect(messages.sort()).toEqual([false, true]);
      });
  });
});
