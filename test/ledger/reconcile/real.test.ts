import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createIntake } from '../../../services/ledger/intake.ts';
import { loadPartners } from '../../../services/manifest/load/load.ts';
import { topics } from '../../../services/runtime/bus.ts';
import { allRows } from '../../support/fullLedger.ts';
import { startTestGateway, type TestGateway } from '../../support/gateway.ts';
import { startTestLedger, type TestLedger } from '../../support/ledger.ts';
import { asking, settings, type Reconciled } from './asking.ts';

const involve = loadPartners('partners').find(({ id }) => id === 'involve')!;

let gateway: TestGateway;
let ledger: TestLedger;
beforeAll(async () => {
  gateway = await startTestGateway({ partners: [involve] });
  ledger = await startTestLedger();
});
afterAll(async () => {
  await gateway.stop();
  await ledger.close();
});
beforeEach(async () => {
  await gateway.reset();
  await ledger.reset();
});

interface Sent {
  id: string;
  status?: string;
  token?: string;
  payout?: string;
  at?: string;
  account?: string;
}

/** A postback as the network's template sends it, through a gateway. */
async function send({ id, status = 'Approved', token = 'example-postback-token', payout = '2.975', at = '2026-10-20 21:15:03', account = 'IAByteC' }: Sent) {
  const query = new URLSearchParams({
    ...{ token, account, conversion_id: id, aff_sub: `ls_${id}`, aff_sub2: 'MKK-home', usd_sale_amount: '42.50' },
    ...{ usd_payout: payout, datetime_conversion: at, status },
  });
  return (await gateway.send({ path: '/involve/event', query: query.toString() })).status;
} // prettier-ignore

/** A row of the network's report. */
const row = (id: string, more: object = {}) => ({
  conversion_id: Number(id),
  ...{ offer_id: 5109, offer_name: 'SHEIN', aff_sub1: `ls_${id}`, aff_sub2: 'MKK-home', currency: 'USD' },
  ...{ sale_amount: 42.5, payout: 2.975, base_payout: 2.975, bonus_payout: 0 },
  ...{ datetime_conversion: '2026-10-20 21:15:03', conversion_status: 'approved' },
  ...more,
});

/** What the gateway kept, in the ledger; and the report, read as a sync reads it. */
async function reconcile(rows: object[], brokeOff?: string): Promise<Reconciled & { reasons: string[] }> {
  for (const topic of topics) await createIntake(ledger.db, settings).take(topic, (await gateway.kept(topic)).map(({ data }) => data)); // prettier-ignore
  const page = involve.report!.read(JSON.stringify({ data: { data: rows } }), 'IAByteC', new Date('2026-11-10T00:00:00Z')); // prettier-ignore
  const { quarantined: unreadable } = page;
  const result = await asking(ledger.db, involve).reconcile(page.events, { brokeOff, unreadable });
  return { ...result, reasons: result.found.map(({ findings }) => findings.map(({ reason }) => reason).join(' & ')).sort() }; // prettier-ignore
}

describe("Involve's postbacks and report, through a gateway", () => {
  it('explains what agrees, is rounded, behind, unreadable, refused, of another day, unknown, and never came', async () => {
    expect(await send({ id: '1001' })).toBe(200);
    expect(await send({ id: '1002', payout: '2.98' })).toBe(200);
    expect(await send({ id: '1003', status: 'Pending' })).toBe(200);
    expect(await send({ id: '1004', status: 'Wow' })).toBe(202);
    expect(await send({ id: '1005', token: 'wrong' })).toBe(401);
    expect(await send({ id: '1006', at: '2026-10-21 05:15:03' })).toBe(200);
    expect(await send({ id: '1007' })).toBe(200);
    const { reasons, summary, found } = await reconcile(['1001', '1002', '1003', '1004', '1005', '1006', '1008'].map((id) => row(id))); // prettier-ignore
    expect(reasons).toEqual(['day', 'never-arrived', 'quarantined', 'refused', 'rounding', 'status-behind', 'unknown']); // prettier-ignore
    expect(summary).toMatchObject({ compared: 8, agreed: 1, open: 6, unexplained: 0, untold: 3 });
    const quarantined = found.find(({ findings }) => findings[0]!.reason === 'quarantined')!;
    expect(quarantined.evidence.join()).toContain('status is a word this manifest does not know');
    expect(quarantined.stakes).toEqual([{ currency: 'USD', sale: '42.5', commission: '2.975' }]);
  });

  it('heals what a report can, and then only what it cannot is open', async () => {
    await send({ id: '1003', status: 'Pending' });
    await send({ id: '1007' });
    const rows = ['1003', '1008'].map((id) => row(id));
    const { run } = await reconcile(rows);
    await asking(ledger.db, involve).heal(run);
    const { found, summary } = await reconcile(rows);
    expect(found.filter(({ findings }) => findings[0]!.open).map(({ findings }) => findings[0]!.reason)).toEqual(['unknown']); // prettier-ignore
    expect(summary.open).toBe(1);
  });

  it('compares a sale whose person was erased without them, and keeps nothing of what the report still tells', async () => {
    await send({ id: '1001' });
    await send({ id: '1003', status: 'Pending' });
    const rows = ['1001', '1003'].map((id) => row(id));
    await reconcile(rows);
    const { ask, heal } = asking(ledger.db, involve);
    for (const value of ['ls_1001', 'ls_1003']) await ask('erase', { named: { by: 'clickId', value }, reason: 'they asked for it by mail' }); // prettier-ignore
    const { run, reasons, summary, found } = await reconcile(rows);
    expect(reasons).toEqual(['status-behind']);
    expect(summary).toMatchObject({ agreed: 1, open: 1 });
    await heal(run);
    expect(JSON.stringify([found, await allRows(ledger.db, ['reconcile_rows'])])).not.toMatch(
      /ls_100|MKK-home/,
    );
    expect((await reconcile(rows)).summary.open).toBe(0);
  });

  it('calls nothing unknown to a report that broke off', async () => {
    await send({ id: '1001' });
    await send({ id: '1007' });
    expect((await reconcile([row('1001')], 'their server answered 502 on page 2')).reasons).toEqual(['not-compared']); // prettier-ignore
  });

  it('counts rows that cannot be read, and does not miss what they name', async () => {
    await send({ id: '1001' });
    await send({ id: '1007' });
    const { reasons, summary } = await reconcile([row('1001', { conversion_status: 'who knows' })]);
    expect(reasons).toEqual(['not-compared', 'unknown']);
    expect(summary.unreadable).toBe(1);
  });

  it('takes a row of a report in the quarantine for no postback', async () => {
    const { quarantined } = involve.report!.read(JSON.stringify({ data: { data: [row('1009', { conversion_status: 'who knows' })] } }), 'IAByteC', new Date('2026-10-21T00:00:00Z')); // prettier-ignore
    await createIntake(ledger.db, settings).take('quarantine', quarantined.map((record) => JSON.stringify(record))); // prettier-ignore
    expect((await reconcile([row('1009')])).reasons).toEqual(['never-arrived']);
  });
});

describe('a run', () => {
  it('takes no row of another partner, or of a postback, and no page once it compares', async () => {
    const { ask } = asking(ledger.db, involve);
    const { run } = await ask<{ run: number }>('reconcile-begin', { partner: 'involve', from: '2026-10-01', to: '2026-10-31' }); // prettier-ignore
    await send({ id: '1001' });
    const [message] = await gateway.kept('conversions');
    const events = [JSON.parse(message!.data) as object];
    await expect(ask('reconcile-add', { run, events })).rejects.toThrow('is no row of the report of involve');
    await expect(ask('reconcile-step', { run })).rejects.toThrow('the report is not read to its end yet');
    await ask('reconcile-end', { run });
    await expect(ask('reconcile-add', { run, events: [] })).rejects.toThrow('compares already');
    await expect(ask('reconcile-again', { run })).rejects.toThrow('reconcile again');
    await expect(ask('reconcile-step', { run: 99 })).rejects.toThrow('there is no reconciliation 99');
    await expect(ask('reconcile-begin', { partner: 'none', from: '2026-10-01', to: '2026-10-31' })).rejects.toThrow('there is no partner "none"'); // prettier-ignore
    await expect(ask('reconcile-begin', { partner: 'involve', from: '2026-10-32', to: '2026-10-31' })).rejects.toThrow('"2026-10-32" is no day'); // prettier-ignore
  });

  it('is gone on with by two at once without anything twice', async () => {
    const { ask } = asking(ledger.db, involve);
    const { run } = await ask<{ run: number }>('reconcile-begin', { partner: 'involve', from: '2026-10-01', to: '2026-10-31' }); // prettier-ignore
    const { events } = involve.report!.read(JSON.stringify({ data: { data: [row('1'), row('2')] } }), 'IAByteC', new Date()); // prettier-ignore
    await ask('reconcile-add', { run, events });
    await ask('reconcile-add', { run, events });
    await ask('reconcile-end', { run });
    const step = () => ask<{ phase: string; summary: object }>('reconcile-step', { run });
    const all = await Promise.all(Array.from({ length: 12 }, step));
    expect(all.at(-1)).toMatchObject({ phase: 'done', summary: { compared: 2, untold: 2 } });
    expect(await ask('reconcile-differences', { run })).toHaveLength(2);
  });
});
