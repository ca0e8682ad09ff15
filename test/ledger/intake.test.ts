import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createIntake } from '../../services/ledger/intake.ts';
import { followBus } from '../../services/ledger/follow.ts';
import { createTableBus } from '../../services/runtime/embedded/bus.ts';
import type { Database } from '../../services/runtime/embedded/database.ts';
import { anEvent } from '../support/events.ts';
import { startTestLedger, type TestLedger } from '../support/ledger.ts';

const settings = { repeatWindow: () => 3_600_000, paysUnverified: () => false };
let ledger: TestLedger;
beforeAll(async () => (ledger = await startTestLedger()));
afterAll(() => ledger.close());
beforeEach(() => ledger.reset());

const text = (id: string) => JSON.stringify(anEvent({ conversionId: id }));
const count = async (table: 'conversions' | 'poison' | 'quarantine' | 'refused' | 'events') =>
  (await ledger.db.selectFrom(table).selectAll().execute()).length;
const quiet = { info() {}, warn() {}, error() {}, close: () => Promise.resolve() };
const raw = { method: 'GET', path: '/a', query: '', headers: {} };
const head = { version: 1, partner: 'acme', receivedAt: '2026-11-24T00:00:00.000Z', raw };

describe('a poison message', () => {
  it.each([
    ['no JSON', '{'],
    ['no event', '{"version":2}'],
    ['nothing', ''],
    ['a zero character', '"\\u0000\0"'],
    ['half a character', '"\uD800"'],
  ])('that is %s is set aside with its reason, once, and the others are recorded', async (_, poison) => {
    const intake = createIntake(ledger.db, settings);
    const batch = [text('1'), poison, text('2')];
    expect(await intake.take('conversions', batch)).toEqual({ news: 2, poison: 1 });
    expect(await intake.take('conversions', batch)).toEqual({ news: 0, poison: 1 });
    expect([await count('conversions'), await count('poison')]).toEqual([2, 1]);
  });

  it('that the database refuses is set aside too', async () => {
    const bad = JSON.stringify(anEvent({ conversionId: 'bad', receivedAt: '2026-11-24T00:00:00.000Z' }));
    const intake = createIntake(ledger.db, settings, (_trx, changes) =>
      changes.some(({ after }) => after.conversion_id === 'bad')
        ? Promise.reject(new Error('no'))
        : Promise.resolve(),
    );
    expect(await intake.take('conversions', [text('1'), bad, text('2')])).toEqual({ news: 2, poison: 1 });
    expect([await count('conversions'), await count('events')]).toEqual([2, 2]);
  });
});

it('records nothing and rejects where the database is away', async () => {
  const away = Object.assign(new Error('the database is shutting down'), { code: '57P01' });
  const intake = createIntake(ledger.db, settings, () => Promise.reject(away));
  await expect(intake.take('conversions', [text('1'), text('2')])).rejects.toThrow('shutting down');
  expect([await count('events'), await count('poison')]).toEqual([0, 0]);
});

it('keeps quarantined and refused records once', async () => {
  const intake = createIntake(ledger.db, settings);
  const quarantined = JSON.stringify({ ...head, id: 'q', verified: true, reasons: [{ field: 'status', why: 'is unknown', value: 'a\u0000' }] }); // prettier-ignore
  const refused = JSON.stringify({ ...head, id: 'r', conversionId: '1\u0000', why: 'brings a wrong secret' });
  for (const news of [1, 0]) {
    expect(await intake.take('quarantine', [quarantined])).toEqual({ news, poison: 0 });
    expect(await intake.take('refused', [refused, refused])).toEqual({ news, poison: 0 });
  }
  expect([await count('quarantine'), await count('refused')]).toEqual([1, 1]);
});

describe('following the embedded bus', () => {
  const messages = (ids: string[]) => ids.map((id) => ({ id, data: text(id), attributes: {} }));

  it('records all of it, from where it had got to', async () => {
    const db = ledger.db as unknown as Database;
    const bus = createTableBus(db);
    const ids = Array.from({ length: 250 }, (_, i) => `${i}`);
    await bus.publish('conversions', messages(ids));
    const first = followBus(db, createIntake(ledger.db, settings), quiet);
    await first.caughtUp();
    expect(await count('conversions')).toBe(250);
    await first.stop();
    await bus.publish('conversions', [...messages(['again']), { id: 'x', data: 'poison', attributes: {} }]);
    const second = followBus(db, createIntake(ledger.db, settings), quiet);
    await second.caughtUp();
    await second.stop();
    expect([await count('conversions'), await count('poison')]).toEqual([251, 1]);
  });

  it('tries a batch again that failed, and loses nothing', async () => {
    const db = ledger.db as unknown as Database;
    let failures = 1;
    const away = () =>
      failures-- > 0
        ? Promise.reject(Object.assign(new Error('gone'), { code: '08006' }))
        : Promise.resolve();
    await createTableBus(db).publish('conversions', messages(['1', '2']));
    const follower = followBus(db, createIntake(ledger.db, settings, away), quiet);
    await follower.caughtUp();
    expect(await count('conversions')).toBe(0);
    await expect.poll(() => count('conversions'), { timeout: 10_000 }).toBe(2);
    await follower.stop();
  });
});
