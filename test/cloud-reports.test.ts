import { execFile } from 'node:child_process';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openPostgres } from '../services/ledger/database.ts';
import { createIntake } from '../services/ledger/intake.ts';
import type { Decision } from '../services/manifest/decision.ts';
import { compileJson } from '../services/manifest/load/compileJson.ts';
import type { Topic } from '../services/runtime/bus.ts';
import { startCloudSql, type CloudSql } from './support/cloudSql.ts';
import { startFakePubSub, type FakePubSub } from './support/fake-pubsub.ts';
import { startFakeSecretManager, type FakeSecretManager } from './support/fake-secret-manager.ts';
import { request } from './support/manifest.ts';
import { missingPostgres } from './support/postgres.ts';
import { startInvolve, type Involve } from './sync/stand-in/involve.ts';
import { ofSources } from './support/process.ts';
import { manifestAt } from './support/reportedNet.ts';

/** Two days ago in Kuala Lumpur: within the days of any run, whatever the hour. */
const day = new Date(Date.now() - 40 * 3_600_000).toISOString().slice(0, 10);
const row = (id: number, more: object = {}) => ({ conversion_id: id, payout: 2.5, currency: 'USD', conversion_status: 'approved', datetime_conversion: `${day} 09:00:00`, ...more }); // prettier-ignore

/** The two jobs of a report as a deployed project runs them: as a user of the group that `migrate` makes for them, and nothing more. */
describe.skipIf(missingPostgres)('the jobs of a report, with the rights of linkshare_sync', () => {
  let cloudSql: CloudSql;
  let pubsub: FakePubSub;
  let secretManager: FakeSecretManager;
  let network: Involve;
  let manifest: string;
  beforeAll(async () => {
    [cloudSql, pubsub, secretManager, network] = await Promise.all([startCloudSql(), startFakePubSub(), startFakeSecretManager(), startInvolve([])]); // prettier-ignore
    await cloudSql.migrate();
    await cloudSql.grant();
    secretManager.add('linkshare-net-api-key', network.key);
    secretManager.add('linkshare-net-api-secret', network.secret);
    manifest = manifestAt(network.server.url);
    network.rows = [row(1), row(2), row(3, { payout: 7 }), row(4), row(5, { conversion_status: 'new word' })];
  });
  afterAll(async () => {
    await Promise.all([cloudSql?.stop(), pubsub?.stop(), secretManager?.stop(), network?.server.close()]);
  });

  const run = (...args: string[]) =>
    new Promise<{ code: number; output: string }>((resolve) => {
      const env = {
        ...process.env,
        ...ofSources,
        MANIFEST: manifest,
        DATABASE_URL: cloudSql.urlOf('sync'),
        GOOGLE_CLOUD_PROJECT: 'p',
        PUBSUB_EMULATOR_HOST: pubsub.host,
        SECRET_MANAGER_HOST: secretManager.host,
      };
      const child = execFile(process.execPath, ['services/main.ts', ...args], { env }, (_, out, err) =>
        resolve({ code: child.exitCode ?? -1, output: out + err }),
      );
    });
  const reconcile = (...more: string[]) =>
    run('cli', 'reconcile', '--partner', 'net', '--days', '30', '--project', 'p', ...more);
  const lines = (output: string) =>
    output.split('\n').filter((line) => line.startsWith('{')).map((line) => JSON.parse(line) as Record<string, unknown>); // prettier-ignore

  it('sync publishes what is news and what cannot be read, and notes both', async () => {
    const { code, output } = await run('sync');
    expect({ code, output: code === 0 ? '' : output }).toEqual({ code: 0, output: '' });
    expect(pubsub.kept).toHaveLength(5);
    expect(await cloudSql.ask('select count(said)::int as said from sync_rows')).toEqual([{ said: 5 }]);
    expect((await run('sync')).code).toBe(0);
    expect(pubsub.kept).toHaveLength(5);
  });

  it('reconcile compares it with all that came: recorded, quarantined and refused', async () => {
    await bring();
    const { code, output } = await reconcile();
    const [reconciled, why] = lines(output);
    expect(output).not.toContain('permission denied');
    expect(reconciled).toMatchObject({
      message: 'reconciled',
      complete: true,
      compared: 5,
      agreed: 1,
      unreadable: 1,
      reasons: {
        'status-behind': { sales: 1 },
        quarantined: { sales: 1 },
        refused: { sales: 1 },
        'not-compared': { sales: 1 },
      },
    });
    expect(why).toMatchObject({ severity: 'ERROR', message: 'reconciliation: too many unexplained' });
    expect(code).toBe(1);
    // A second run also forgets what an earlier one compared.
    expect((await reconcile('--threshold', '100%', '--untold', '100%')).code).toBe(0);
    expect(await cloudSql.ask('select count(*)::int as runs from reconcile_runs')).toEqual([{ runs: 2 }]);
  });

  it('does not heal: that is for an account that may change sales', async () => {
    const { code, output } = await reconcile('--heal');
    expect(code).toBe(1);
    expect(output).toContain('permission denied');
    expect(pubsub.kept).toHaveLength(5);
  });

  /** One sale as the report has it, one not decided yet, one that could not be read, one with a wrong token, and one that the report cannot be read for. */
  async function bring(): Promise<void> {
    const { db, close } = openPostgres({ connectionString: cloudSql.urlOf('ledger') });
    const intake = createIntake(db, { repeatWindow: () => 3_600_000, paysUnverified: () => false });
    const net = compileJson(manifest, 'test');
    for (const [query, token] of [
      ['id=1&pay=2.5&status=approved', 'right'],
      ['id=2&pay=2.5&status=pending', 'right'],
      ['id=3&pay=7&status=done', 'right'],
      ['id=4&pay=2.5&status=approved', 'wrong'],
      ['id=5&pay=2.5&status=pending', 'right'],
    ]) {
      const asked = request({ path: '/net', query: `token=${token}-token&${query}` });
      const decision = net.decide(asked, () => ['right-token'], new Date(`${day}T02:00:00Z`));
      const [topic, records] = toTopic(decision);
      await intake.take(
        topic,
        records.map((record) => JSON.stringify(record)),
      );
    }
    await close();
  }
});

/** As the gateway does. */
function toTopic(decision: Decision): [Topic, object[]] {
  if (decision.is === 'conversions') return ['conversions', decision.events];
  if (decision.is === 'quarantined') return ['quarantine', [decision.record]];
  if (decision.is === 'refused' && decision.record) return ['refused', [decision.record]];
  throw new Error(JSON.stringify(decision));
}
