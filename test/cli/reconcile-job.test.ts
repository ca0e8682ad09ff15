import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createIntake } from '../../services/ledger/intake.ts';
import { migrate, openPostgres } from '../../services/ledger/database.ts';
import { compileJson } from '../../services/manifest/load/compileJson.ts';
import { settings } from '../ledger/reconcile/asking.ts';
import { startFakePubSub, type FakePubSub } from '../support/fake-pubsub.ts';
import { startFakeSecretManager, type FakeSecretManager } from '../support/fake-secret-manager.ts';
import { request } from '../support/manifest.ts';
import { missingPostgres, startPostgres, type Postgres } from '../support/postgres.ts';
import { startInvolve, type Involve } from '../sync/stand-in/involve.ts';
import { ofSources } from '../support/process.ts';
import { manifestAt } from '../support/reportedNet.ts';

const row = (id: number, more: object = {}) => ({
  ...{ conversion_id: id, payout: 2.5, currency: 'USD', conversion_status: 'approved' },
  datetime_conversion: '2026-10-20 10:00:00',
  ...more,
});

/** The daily job as Cloud Run runs it: one manifest, PostgreSQL, a network's API, Secret Manager and Pub/Sub. */
describe.skipIf(missingPostgres !== undefined)('main.ts cli reconcile --project', () => {
  let postgres: Postgres;
  let network: Involve;
  let pubsub: FakePubSub;
  let secretManager: FakeSecretManager;
  let manifest: string;
  beforeAll(async () => {
    postgres = await startPostgres();
    network = await startInvolve([row(1), row(2), row(3, { payout: 7 })]);
    pubsub = await startFakePubSub();
    secretManager = await startFakeSecretManager();
    secretManager.add('linkshare-net-api-key', network.key);
    secretManager.add('linkshare-net-api-secret', network.secret);
    manifest = manifestAt(network.server.url);
    await postbacks();
  });
  afterAll(async () => {
    await network.server.close();
    await pubsub.stop();
    await secretManager.stop();
    await postgres.stop();
  });

  /** Two of the three sales came, one of them not decided yet. */
  async function postbacks(): Promise<void> {
    const { db, close } = openPostgres({ connectionString: postgres.url });
    await migrate(db);
    const net = compileJson(manifest, 'test');
    for (const query of ['id=1&pay=2.5&status=approved', 'id=2&pay=2.5&status=pending']) {
      const at = new Date('2026-10-20T03:00:00Z');
      const decision = net.decide(
        request({ path: '/net', query: `token=right-token&${query}` }),
        () => ['right-token'],
        at,
      );
      if (decision.is !== 'conversions') throw new Error(JSON.stringify(decision));
      await createIntake(db, settings).take('conversions', decision.events.map((event) => JSON.stringify(event))); // prettier-ignore
    }
    await close();
  }

  async function job(...more: string[]): Promise<{ code: number; lines: Record<string, unknown>[] }> {
    const args = ['--partner', 'net', '--from', '2026-10-01', '--to', '2026-10-31', '--project', 'shop-1', ...more];
    const child = spawn(process.execPath, ['services/main.ts', 'cli', 'reconcile', ...args], {
      env: {
        ...process.env,
        ...ofSources,
        MANIFEST: manifest,
        DATABASE_URL: postgres.url,
        GOOGLE_CLOUD_PROJECT: 'shop-1',
        PUBSUB_EMULATOR_HOST: pubsub.host,
        SECRET_MANAGER_HOST: secretManager.host,
      },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let printed = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => (printed += text));
    const [code] = (await once(child, 'close')) as [number];
    const lines = printed.split('\n').filter((line) => line.startsWith('{'));
    return { code, lines: lines.map((line) => JSON.parse(line) as Record<string, unknown>) };
  } // prettier-ignore

  it('logs one line with sales by reason, and an error past the limits, with exit code 1', async () => {
    const { code, lines } = await job();
    expect(lines.map(({ severity, message }) => [severity, message])).toEqual([
      ['INFO', 'reconciled'],
      ['ERROR', 'reconciliation: too many unexplained'],
    ]);
    expect(lines[0]).toMatchObject({
      ...{ partner: 'net', from: '2026-10-01', to: '2026-10-31', zone: 'Asia/Kuala_Lumpur' },
      ...{ complete: true, compared: 3, agreed: 1, open: 2, unexplained: 0, untold: 1 },
      reasons: {
        'never-arrived': { sales: 1, open: 1, stakes: [{ currency: 'USD', commission: '7' }] },
        'status-behind': { sales: 1, open: 1 },
      },
    });
    expect(lines[1]!.why).toContain('2 of 3 sales differ and are not healed');
    expect(code).toBe(1);
    expect(network.server.wrong).toEqual([]);
  });

  it('ends with 0 within the limits', async () => {
    expect(await job('--threshold', '2', '--untold', '1')).toMatchObject({ code: 0, lines: [{ message: 'reconciled' }] }); // prettier-ignore
  });

  it('heals by the topic of conversions', async () => {
    const { lines } = await job('--heal', '--threshold', '2', '--untold', '1');
    expect(lines.map(({ message }) => message)).toEqual(['healed', 'reconciled']);
    const published = pubsub.kept.map((data) => JSON.parse(data) as { conversionId: string; via: string });
    expect(published.map(({ conversionId, via }) => [conversionId, via]).sort()).toEqual([['2', 'report'], ['3', 'report']]); // prettier-ignore
  });

  it('says of a report that cannot be fetched that it is not whole, with an error and exit code 1', async () => {
    network.server.fail(
      ...Array.from({ length: 20 }, () => ({ status: 403, json: { message: 'Forbidden' } })),
    );
    const { code, lines } = await job('--threshold', '100%', '--untold', '100%');
    expect(lines.map(({ message }) => message)).toEqual([
      'reconciled',
      'reconciliation: the report is not whole',
    ]);
    expect(lines[0]).toMatchObject({ complete: false, reasons: { 'not-compared': { sales: 2 } } });
    expect(code).toBe(1);
  });
});
