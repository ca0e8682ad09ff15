import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import express from 'express';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { ConversionEvent } from '../../services/contract/event.ts';
import { createIntake } from '../../services/ledger/intake.ts';
import { ledgerRoute } from '../../services/ledger/route.ts';
import { takeLock, type Lock } from '../../services/runtime/embedded/lock.ts';
import { anEvent } from '../support/events.ts';
import { ending, shop, withPartners, type Ended } from '../support/cli.ts';
import { startTestLedger, type TestLedger } from '../support/ledger.ts';
import { partnerFrom } from '../support/partners.ts';
import { settings } from '../ledger/reconcile/asking.ts';

const october = ['--partner', 'shop', '--from', '2026-10-01', '--to', '2026-10-31'];
const usd = (amount: string) => ({ amount, currency: 'USD' });
const sale = (id: string, more: Partial<ConversionEvent> = {}) =>
  anEvent({
    partner: 'shop',
    conversionId: id,
    commission: usd('2'),
    occurredAt: '2026-10-05T10:00:00.000Z',
    receivedAt: '2026-10-05T10:01:00.000Z',
    ...more,
  });
const row = (id: string, more: Partial<ConversionEvent> = {}) =>
  sale(id, { via: 'report', receivedAt: '2026-11-01T00:00:00.000Z', ...more });

let env: ReturnType<typeof withPartners>;
let file: string;
let ledger: TestLedger;
let lock: Lock;
beforeAll(async () => (ledger = await startTestLedger()));
afterAll(() => ledger.close());
beforeEach(async () => {
  env = withPartners({ 'shop/manifest.yaml': shop });
  file = join(env.PARTNERS_DIR, '..', 'report.jsonl');
  await ledger.reset();
  lock = await takeLock(env.DATA_DIR, express().use(ledgerRoute({ ...context, db: ledger.db })));
});
afterEach(() => lock.release());

/** What a server that runs on the folder knows. */
const context = {
  partners: [partnerFrom(shop)],
  liveSecrets: () => () => [],
  settings,
};

/** What came before; and the report, in a file. */
async function given(came: readonly ConversionEvent[], report: readonly ConversionEvent[]): Promise<void> {
  await createIntake(ledger.db, settings).take('conversions', came.map((event) => JSON.stringify(event))); // prettier-ignore
  writeFileSync(file, report.map((event) => `${JSON.stringify(event)}\n`).join(''));
}

const run = (...more: string[]): Promise<Ended> =>
  ending(env, ['reconcile', ...october, '--file', file, ...more]);

describe('linkshare reconcile', () => {
  it('tells every difference with its reason, what it is about and what mends it; 1 since more differ than may', async () => {
    await given(
      [sale('1'), sale('2', { status: 'pending' })],
      [row('1'), row('2'), row('3', { commission: usd('3.5') })],
    );
    const { out, err, code } = await run();
    const text = out.join('\n');
    expect(text).toContain('Shop, 2026-10-01 to 2026-10-31, days of UTC: 3 sales, 1 agree, 2 do not; 2 of these are open, 0 unexplained'); // prettier-ignore
    expect(text).toMatch(/never arrived +1 +1 +3\.5 USD +heal/);
    expect(text).toMatch(/status behind +1 +1 +heal/);
    expect(text).toContain('shop//2/  (--heal)\n   status behind: status pending, in the report approved');
    expect(text).toContain(
      'postback 2026-10-05T10:01:00.000Z: pending, commission 2 USD, made 2026-10-05T10:00:00.000Z',
    );
    expect(err.join('\n')).toContain('2 of 3 sales differ and are not healed (0 unexplained); at most 0 may');
    expect(code).toBe(1);
  });

  it('0 where no more differ than may', async () => {
    await given([sale('1')], [row('1'), row('2')]);
    expect((await run('--threshold', '1', '--untold', '50%')).code).toBe(0);
  });

  it('heals: shows first what it would do, and is clean afterwards; again, it does nothing', async () => {
    await given([sale('1', { status: 'pending' })], [row('1'), row('2')]);
    const planned = await run('--heal', '--plan', '--untold', '100%');
    expect(planned.out.join('\n')).toContain('Healing would publish 2 rows of the report; without --plan it does:\n  1 become approved; now pending'); // prettier-ignore
    expect(planned.code).toBe(1);
    const healed = await run('--heal', '--untold', '100%');
    expect(healed.out.join('\n')).toContain('Healed. Shop: 0 sales are open now.');
    expect(healed.code).toBe(0);
    const again = await run('--heal', '--untold', '100%');
    expect(again.out.join('\n')).toContain('Nothing to heal.');
  });

  it('heals over the bus of a data folder on which no server runs', async () => {
    const own = withPartners({ 'shop/manifest.yaml': shop });
    await given([], [row('1')]);
    const args = ['reconcile', ...october, '--file', file, '--untold', '100%'];
    expect((await ending(own, [...args, '--heal'])).out.join('\n')).toContain('Healed. Shop: 0 sales');
    const events = await ending(own, ['events', '--last', '10']);
    expect(JSON.parse(events.out.join('\n'))).toMatchObject([{ data: { key: 'shop//1/', via: 'report' } }]);
  });

  it('prints one JSON document, and writes all for Excel', async () => {
    await given([], [row('1', { orderId: '=1+1' })]);
    const csv = join(env.PARTNERS_DIR, '..', 'all.csv');
    const { out } = await run('--json', '--csv', csv);
    expect(JSON.parse(out.join('\n'))).toMatchObject({
      complete: true,
      summary: { compared: 1, open: 1, untold: 1, reasons: { 'never-arrived': { sales: 1 } } },
      differences: [{ rows: ['shop//1/'], findings: [{ reason: 'never-arrived', open: true }] }],
    });
    expect(readFileSync(csv, 'utf8')).toMatch(
      /^\ufeffno,day,reasons,.*\r\n1,2026-10-05,never arrived,yes,,shop\/\/1\/,USD,0,2,/,
    );
  });

  it('keeps the runs, newest first', async () => {
    await given([sale('1')], [row('1')]);
    await run('--by', 'ann');
    const { out } = await ending(env, ['reconcile', 'list', '--partner', 'shop']);
    expect(out.join('\n')).toMatch(
      /1 +\d{4}-\d\d-\d\d \d\d:\d\d +shop +2026-10-01 +2026-10-31 +1 +1 +0 +0 +ann/,
    );
    expect((await ending(env, ['reconcile', 'list', '--partner', 'none'])).out).toEqual(['none yet']);
  });

  it('says of a report that breaks off that it is not whole, and calls nothing unknown to it', async () => {
    await given([sale('1'), sale('2')], [row('1')]);
    writeFileSync(file, `${readFileSync(file, 'utf8')}{"half":\n`);
    const { out, err, code } = await run('--all');
    expect(out.join('\n')).toContain('THE REPORT IS NOT WHOLE');
    expect(out.join('\n')).toContain('not compared');
    expect(out.join('\n')).not.toContain('unknown to the report  ');
    expect(err.join('\n')).toContain('the report is not whole: ');
    expect(code).toBe(1);
  });
});

describe('linkshare reconcile, wrongly used', () => {
  it.each([
    [['--partner', 'shop', '--from', '2026-10-31', '--to', '2026-10-01'], 'is after --to 2026-10-01'],
    [['--partner', 'shop', '--from', '2026-02-30', '--to', '2026-03-01'], '"2026-02-30" is no day'],
    [['--partner', 'shop', '--from', '2026-10-01'], 'say which days'],
    [['--partner', 'shop', '--from', '2024-10-01', '--to', '2026-10-01'], 'are too many'],
    [['--partner', 'shop', '--days', '0'], 'is no number of days'],
    [['--partner', 'shop', '--days', '3', '--from', '2026-10-01'], 'say either --days'],
    [['--partner', 'shop', '--days', '3', '--zone', 'Mars/Base'], 'is no zone'],
    [['--partner', 'none', '--days', '3'], 'there is no partner "none"; there are: shop'],
    [['--days', '3'], 'say with --partner whose report'],
    [['--partner', 'shop', '--days', '3', '--threshold', 'many'], '"many" is no limit'],
    [['--partner', 'shop', '--days', '3', '--plan'], '--plan goes with --heal'],
    [['--partner', 'shop', '--days', '3'], 'has no report'],
    [['--partner', 'shop', '--days', '3', '--file', 'report.pdf'], 'report.pdf'],
  ])('%j', async (args, message) => {
    const { code, failed } = await ending(env, ['reconcile', ...args]);
    expect(failed).toContain(message);
    expect(code).toBe(2);
  });
});
