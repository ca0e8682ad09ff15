import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { ConversionEvent } from '../../../services/contract/event.ts';
import { fold } from '../../../services/contract/state.ts';
import type { Erased } from '../../../services/ledger/erasure/erase.ts';
import { forgetEvent } from '../../../services/ledger/erasure/forget.ts';
import { createIntake } from '../../../services/ledger/intake.ts';
import { enqueueDeliveries } from '../../../services/ledger/outbound/enqueue.ts';
import { record, refold } from '../../../services/ledger/record.ts';
import { createTableBus } from '../../../services/runtime/embedded/bus.ts';
import type { Database } from '../../../services/runtime/embedded/database.ts';
import { anEvent, eventsOfOne, minutes } from '../../support/events.ts';
import { allRows, ask, fillLedger, sale, settings } from '../../support/fullLedger.ts';
import { engines, startTestLedger, type TestLedger } from '../../support/ledger.ts';
import { missingPostgres } from '../../support/postgres.ts';

const reason = 'asked for by mail, ticket 71';

describe.each(engines)('on %s', (engine) => {
  describe.skipIf(engine === 'PostgreSQL' && missingPostgres)(
    'erasing a person',
    { timeout: 300_000 },
    () => {
      let ledger: TestLedger;
      beforeAll(async () => (ledger = await startTestLedger(engine)));
      afterAll(() => ledger?.close());
      beforeEach(() => ledger.reset());

      const erase = (by: string, value: string, more = {}) =>
        ask<Erased>(ledger.db, 'erase', { named: { by, value }, reason, ...more });
      const rows = async () => {
        const all = await ledger.db.selectFrom('conversions').selectAll().orderBy('key').execute();
        return all.map(({ changed_at: _, ...row }) => row);
      };
      /** Everything of a row but what names a person. */
      const money = async () =>
        (await rows()).map(({ order_id, click_id, state, ...row }) => {
          const { clickId, orderId, publisherRef, subIds, extra, ...rest } = JSON.parse(state) as ConversionEvent; // prettier-ignore
          return { ...row, rest };
        });
      const everything = async () => JSON.stringify(await allRows(ledger.db));

      it('leaves nothing that names them, anywhere; amounts, status and whose it is stay', async () => {
        await fillLedger(ledger.db);
        const before = await money();
        const planned = await erase('clickId', 'click-1', { plan: true });
        expect(await everything()).toContain('click-1');
        const erased = await erase('clickId', 'click-1');
        expect(erased).toEqual(planned);
        expect(erased).toMatchObject({ conversions: ['acme//1/'], deliveries: 2 });
        expect(erased.events).toHaveLength(2);
        const left = await everything();
        for (const name of ['click-1"', 'click-1 ', 'order-1"']) expect(left).not.toContain(name);
        expect(await money()).toEqual(before);
        expect(left).toContain('click-2');
      });

      it('is audited with who and why, and not whom', async () => {
        await record(ledger.db, [sale('1')], settings);
        await erase('order', 'order-1');
        const audit = await ledger.db.selectFrom('audit').selectAll().execute();
        expect(audit).toMatchObject([{ who: 'ann', what: 'a person erased' }]);
        expect(audit[0]!.after).toContain(reason);
        expect(JSON.stringify(audit)).not.toContain('order-1');
      });

      it('once is as twice', async () => {
        await fillLedger(ledger.db);
        await erase('order', 'order-1');
        const before = await allRows(ledger.db);
        expect(await erase('order', 'order-1')).toMatchObject({ conversions: [], events: [], deliveries: 0 });
        expect(await erase('clickId', 'click-1')).toMatchObject({
          conversions: [],
          events: [],
          deliveries: 0,
        });
        expect(await allRows(ledger.db)).toEqual(before);
      });

      it.each([
        ['subId', 'MKK-home'],
        ['address', '198.51.100.2'],
        ['address', '203.0.113.7'],
        ['order', '1'.padStart(3, '0')],
      ])('finds them by %s %s', async (by, value) => {
        await record(ledger.db, [sale('001')], settings);
        expect(await erase(by, value)).toMatchObject({ conversions: ['acme//001/'] });
      });

      it.each([
        ['what is another id', 'clickId', 'click-'],
        ['an address within another', 'address', '3.0.113.7'],
        ['an order that is elsewhere an amount', 'order', '2.975'],
      ])('leaves alone %s', async (_, by, value) => {
        await record(ledger.db, [sale('1')], settings);
        expect(await erase(by, value)).toMatchObject({ conversions: [] });
      });

      it.each([
        ['', 'three characters'],
        ['a', 'three characters'],
      ])('refuses "%s", which would name everybody', async (value, why) => {
        await expect(erase('clickId', value)).rejects.toThrow(why);
        await expect(ask(ledger.db, 'erase', { named: { by: 'clickId', value: 'abc' }, reason: 'no' })).rejects.toThrow('say why'); // prettier-ignore
      });

      it('a redelivery writes nothing; the same report at another time, and news, are kept without it', async () => {
        const first = sale('1');
        await record(ledger.db, [first], settings);
        await erase('clickId', 'click-1');
        const before = await allRows(ledger.db);
        expect(await record(ledger.db, [first], settings)).toBe(0);
        expect(await allRows(ledger.db)).toEqual(before);
        expect(await record(ledger.db, [{ ...first, receivedAt: minutes(500) }], settings)).toBe(1);
        expect(await record(ledger.db, [sale('1', { status: 'reversed', receivedAt: minutes(600) })], settings)).toBe(1); // prettier-ignore
        expect(await rows()).toMatchObject([{ status: 'reversed', events: 3, publisher: 'house' }]);
        for (const name of ['click-1"', 'order-1"', '203.0.113.7']) expect(await everything()).not.toContain(name); // prettier-ignore
      });

      it('what is erased stays whose it is when rules change, and is paid by the rule that counts', async () => {
        await fillLedger(ledger.db);
        await erase('clickId', 'click-2');
        await erase('clickId', 'click-9');
        const owners = async () => Object.fromEntries((await rows()).map((row) => [row.conversion_id, row.publisher])); // prettier-ignore
        const before = await owners();
        expect(before).toMatchObject({ 2: 'mkk', 9: 'cary' });
        const rule = { publisher: 'influx', kind: 'prefix', value: 'MKK', priority: 9 };
        await ask(ledger.db, 'rule-add', { rule });
        expect(await owners()).toEqual(before);
        await ask(ledger.db, 'payout-set', { rule: { publisher: 'cary', kind: 'share', rate: '50' } });
        expect((await rows()).find((row) => row.conversion_id === '9')!.payout_amount).toBe('1.48');
      });

      it('what waits to be told is told without it, and nobody is told because of it', async () => {
        await fillLedger(ledger.db);
        const count = async () => (await ledger.db.selectFrom('deliveries').selectAll().execute()).length;
        const before = await count();
        await erase('clickId', 'click-2');
        expect(await count()).toBe(before);
        await record(ledger.db, [sale('2', { status: 'reversed', receivedAt: minutes(9) })], settings, enqueueDeliveries); // prettier-ignore
        expect(await count()).toBe(before + 1);
        const says = JSON.stringify(await ledger.db.selectFrom('deliveries').select('says').execute());
        expect(says).not.toContain('click-2"');
      });

      it('leaves requests that were never read, unless they are asked for', async () => {
        await fillLedger(ledger.db);
        const quarantined = () => ledger.db.selectFrom('quarantine').select(['record', 'outcome']).executeTakeFirstOrThrow(); // prettier-ignore
        expect(await erase('address', '203.0.113.7')).toMatchObject({ quarantined: 0, refused: 1, unread: ['q'] }); // prettier-ignore
        expect((await quarantined()).record).toContain('203.0.113.7');
        expect(await erase('address', '203.0.113.7', { unread: true })).toMatchObject({ quarantined: 1, unread: [] }); // prettier-ignore
        expect(await quarantined()).toMatchObject({ outcome: 'erased' });
        expect(await everything()).not.toContain('203.0.113.7');
      });

      it('folds a history without it as with it: money, status, publisher, and what comes later', async () => {
        const histories = fc.tuple(
          fc.array(eventsOfOne, { minLength: 1, maxLength: 6 }),
          fc.array(eventsOfOne, { maxLength: 4 }),
        );
        await fc.assert(
          fc.asyncProperty(histories, async ([early, late]) => {
            await ledger.reset();
            await ask(ledger.db, 'import', { book: { publishers: [{ id: 'mkk', name: 'MKK' }], rules: [{ publisher: 'mkk', kind: 'exact', value: 'a' }], payouts: [{ kind: 'share', rate: '90' }] } }); // prettier-ignore
            await record(ledger.db, early, settings);
            const before = await money();
            await erase('order', '1'.padStart(3, '0'));
            for (const value of ['acme-order', 'o-1']) await erase('order', value);
            const [{ key }] = early as [ConversionEvent];
            await pin(key);
            expect(await money()).toEqual(before);
            await record(ledger.db, late, settings);
            const [after] = await money();
            const expected = fold([...early, ...late].map(forgetEvent), 3_600_000)!;
            const plain = fold([...early, ...late], 3_600_000)!;
            expect(after).toMatchObject({ status: plain.status, publisher: before[0]!.publisher, commission_amount: plain.commission?.amount ?? null, sale_amount: plain.saleAmount?.amount ?? null }); // prettier-ignore
            expect(JSON.parse((await rows())[0]!.state)).toEqual(JSON.parse(JSON.stringify(expected)));
          }),
          { numRuns: 25 },
        );
      });

      /** Erases this conversion, whatever names it: its ids are drawn too short to be asked for. */
      const pin = (key: string) =>
        ledger.db.transaction().execute(async (trx) => {
          const { publisher, attributed_by, attribution_rule } = await trx.selectFrom('conversions').selectAll().where('key', '=', key).executeTakeFirstOrThrow(); // prettier-ignore
          await trx
            .insertInto('erased')
            .values({ key, publisher, attributed_by, attribution_rule })
            .execute();
          await refold(trx, [key], settings);
        });

      if (engine === 'PostgreSQL')
        it('at once with recording: whoever comes second, nothing of it stays', async () => {
          for (let round = 0; round < 10; round++) {
            await record(ledger.db, [sale(`r${round}`)], settings);
            const news = sale(`r${round}`, { status: 'reversed', receivedAt: minutes(9) });
            await Promise.all([
              erase('order', `order-r${round}`),
              record(ledger.db, [news], settings),
              erase('order', `order-r${round}`),
            ]);
          }
          expect(await everything()).not.toMatch(/order-r\d"/);
          expect(await rows()).toHaveLength(10);
          expect((await rows()).every(({ status }) => status === 'reversed')).toBe(true);
        });

      if (engine === 'PGlite')
        it('takes it out of the embedded bus, also of what comes later', async () => {
          const bus = createTableBus(ledger.db as unknown as Database);
          const publish = async (event: ConversionEvent) => {
            await bus.publish('conversions', [{ id: event.id, data: JSON.stringify(event), attributes: {} }]);
            await createIntake(ledger.db, settings).take('conversions', [JSON.stringify(event)]);
          };
          await publish(sale('1'));
          await publish(sale('2'));
          await erase('clickId', 'click-1');
          await publish(sale('1', { status: 'reversed', receivedAt: minutes(9) }));
          const left = await everything();
          for (const name of ['click-1"', 'order-1"']) expect(left).not.toContain(name);
          expect((await allRows(ledger.db)).messages).toHaveLength(3);
          expect(left).toContain('click-2');
        });
    },
  );
});

describe('an event without what names a person', () => {
  it('is an event still, the same the second time, and hides which person it was', () => {
    const event = sale('1');
    const once = forgetEvent(event);
    expect(forgetEvent(once)).toEqual(once);
    expect(once).toMatchObject({ id: event.id, key: event.key, commission: event.commission, extra: {} });
    expect(forgetEvent(sale('2', { clickId: 'click-1' })).clickId).not.toBe(once.clickId);
    expect(JSON.stringify(once)).not.toMatch(/click-1|order-1|MKK|203\.0/);
  });

  it('folds as it did, for any history', () => {
    fc.assert(
      fc.property(fc.array(eventsOfOne, { minLength: 1, maxLength: 10 }), (history) => {
        const events = history.map((event) => ({ ...anEvent({ ...event }), ...event }));
        const plain = fold(events, 3_600_000)!;
        const { clickId: _, orderId: __, subIds: ___, ...rest } = forgetEvent({ ...events[0]!, ...plain }); // prettier-ignore
        const { clickId, orderId, subIds, ...without } = fold(events.map(forgetEvent), 3_600_000)!;
        expect(without).toMatchObject({ status: rest.status, via: rest.via, verified: rest.verified, test: rest.test, receivedAt: plain.receivedAt }); // prettier-ignore
        for (const name of ['saleAmount', 'commission', 'occurredAt', 'offer', 'updatedAt'] as const)
          expect(without[name]).toEqual(plain[name]);
        expect(subIds.map(Boolean)).toEqual(plain.subIds.map(Boolean));
        expect([clickId !== undefined, orderId !== undefined]).toEqual([plain.clickId !== undefined, plain.orderId !== undefined]); // prettier-ignore
      }),
      { numRuns: 300 },
    );
  });
});
