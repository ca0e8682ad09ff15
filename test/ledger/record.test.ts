import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { ConversionEvent } from '../../services/contract/event.ts';
import { record, type PartnerSettings } from '../../services/ledger/record.ts';
import { anEvent, anyEvent, eventsOfOne, minutes } from '../support/events.ts';
import { engines, startTestLedger, type TestLedger } from '../support/ledger.ts';
import { missingPostgres } from '../support/postgres.ts';

const settings: PartnerSettings = { repeatWindow: () => 3_600_000, paysUnverified: () => false };
describe.each(engines)('on %s', (engine) => {
  describe.skipIf(engine === 'PostgreSQL' && missingPostgres)('the ledger', () => {
    let ledger: TestLedger;
    beforeAll(async () => (ledger = await startTestLedger(engine)));
    afterAll(() => ledger?.close());
    beforeEach(() => ledger.reset());

    const rows = async () => {
      const all = await ledger.db.selectFrom('conversions').selectAll().orderBy('key').execute();
      return all.map(({ changed_at: _, ...row }) => row);
    };
    const write = (events: ConversionEvent[]) => record(ledger.db, events, settings);

    describe('what is recorded', () => {
      it('is one row per conversion, with the state that its history folds into', async () => {
        const pending = anEvent({ status: 'pending', commission: { amount: '2.5', currency: 'USD' } });
        const approved = anEvent({ status: 'approved', receivedAt: minutes(5) });
        expect(await write([pending])).toBe(1);
        expect(await write([approved])).toBe(1);
        expect(await rows()).toMatchObject([
          { key: pending.key, status: 'approved', commission_amount: '2.5', commission_currency: 'USD', events: 2, publisher: 'house' }, // prettier-ignore
        ]);
      });

      it('writes nothing for what is known, within one batch too', async () => {
        const event = anEvent({});
        expect(await write([event, event])).toBe(1);
        const [row] = await ledger.db.selectFrom('conversions').selectAll().execute();
        expect(await write([event])).toBe(0);
        expect(await ledger.db.selectFrom('conversions').selectAll().execute()).toEqual([row]);
      });

      it('sees an earlier state return, where the partner sends no update times', async () => {
        const at = (minute: number, status: 'approved' | 'rejected') =>
          anEvent({ status, receivedAt: minutes(minute) });
        const [first, between, late, again] = [at(0, 'approved'), at(5, 'rejected'), at(20, 'approved'), at(200, 'approved')]; // prettier-ignore
        expect(new Set([first.id, late.id, again.id]).size).toBe(1);
        await write([first, between, late]);
        expect(await rows()).toMatchObject([{ status: 'rejected' }]);
        await write([again]);
        expect(await rows()).toMatchObject([{ status: 'approved' }]);
      });

      it('takes any text that an event may hold', async () => {
        await fc.assert(
          fc.asyncProperty(fc.array(anyEvent, { maxLength: 5 }), async (events) => {
            await write(events);
          }),
          { numRuns: 30 },
        );
      });
    });

    it('is the same whatever the order, the repetition and the batches', async () => {
      const batches = fc
        .array(eventsOfOne, { minLength: 1, maxLength: 6 })
        .chain((events) =>
          fc.tuple(
            fc.constant(events),
            fc.shuffledSubarray([...events, ...events], { minLength: events.length * 2 }),
            fc.integer({ min: 1, max: 4 }),
          ),
        );
      await fc.assert(
        fc.asyncProperty(batches, async ([events, shuffled, size]) => {
          await ledger.reset();
          await write(events);
          const expected = await rows();
          await ledger.reset();
          for (let from = 0; from < shuffled.length; from += size)
            await write(shuffled.slice(from, from + size));
          expect(await rows()).toEqual(expected);
        }),
        { numRuns: 40 },
      );
    });

    if (engine === 'PostgreSQL')
      it('is the same when several ledgers record at once', async () => {
        const sales = Array.from({ length: 40 }, (_, i) => `s${i % 8}`).map((conversionId, i) =>
          anEvent({ conversionId, status: i % 3 ? 'approved' : 'pending', receivedAt: minutes(i) }),
        );
        await write(sales);
        const expected = await rows();
        await ledger.reset();
        const halves = [
          sales,
          [...sales].reverse(),
          sales.slice(10),
          [...sales].sort((a, b) => (a.id < b.id ? 1 : -1)),
        ];
        await Promise.all(halves.flatMap((half) => [write(half.slice(0, 25)), write(half.slice(15))]));
        expect(await rows()).toEqual(expected);
      });
  });
});
