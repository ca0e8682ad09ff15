import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { conversionEvent } from '../services/contract/event.ts';
import { openPostgres } from '../services/ledger/database.ts';
import { migrateSync, type SyncDatabase } from '../services/sync/database.ts';
import { startFakePubSub, type FakePubSub } from './support/fake-pubsub.ts';
import { startFakeSecretManager, type FakeSecretManager } from './support/fake-secret-manager.ts';
import { missingPostgres, startPostgres, type Postgres } from './support/postgres.ts';
import { startInvolve, type Involve } from './sync/stand-in/involve.ts';
import { involveAt } from './sync/support.ts';
import { ofSources } from './support/process.ts';

/** Yesterday in Kuala Lumpur: no run asks for tomorrow. */
const yesterday = new Date(Date.now() - 16 * 3_600_000).toISOString().slice(0, 10);
const rows = (count: number) =>
  Array.from({ length: count }, (_, i) => ({ conversion_id: 1_000 + i, payout: 1.1, currency: 'USD', conversion_status: 'pending', datetime_conversion: `${yesterday} 09:00:00` })); // prettier-ignore

describe.skipIf(missingPostgres)('main.ts sync, one manifest in MANIFEST, on PostgreSQL', () => {
  let postgres: Postgres;
  let db: SyncDatabase;
  let closeDb: () => Promise<void>;
  let pubsub: FakePubSub;
  let secretManager: FakeSecretManager;
  let involve: Involve;
  beforeAll(async () => {
    [postgres, pubsub, secretManager, involve] = await Promise.all([startPostgres(), startFakePubSub(), startFakeSecretManager(), startInvolve([])]); // prettier-ignore
    const opened = openPostgres({ connectionString: postgres.url });
    [db, closeDb] = [opened.db as unknown as SyncDatabase, opened.close];
    await migrateSync(db);
    secretManager.add('linkshare-net-api-key-one', 'general');
    secretManager.add('linkshare-net-api-secret-one', 'c2VjcmV0K2E=\n');
  });
  afterAll(async () => {
    expect(involve.server.wrong).toEqual([]);
    await closeDb();
    await Promise.all([postgres.stop(), pubsub.stop(), secretManager.stop(), involve.server.close()]);
  });
  beforeEach(() => {
    pubsub.requests.length = 0;
    pubsub.kept.length = 0;
  });

  function start() {
    const child = spawn(process.execPath, ['services/main.ts', 'sync'], {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: {
        ...process.env,
        ...ofSources,
        MANIFEST: JSON.stringify(involveAt(involve.server.url).manifest),
        GOOGLE_CLOUD_PROJECT: 'p',
        DATABASE_URL: postgres.url,
        PUBSUB_EMULATOR_HOST: pubsub.host,
        SECRET_MANAGER_HOST: secretManager.host,
      },
    });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (text: Buffer) => (output += text.toString())); // prettier-ignore
    const ended = (once(child, 'close') as Promise<[number | null]>).then(([code]) => ({ code, output }));
    return { child, ended };
  }

  const ids = () => pubsub.kept.map((data) => conversionEvent.parse(JSON.parse(data)).id);

  it('killed in the middle loses nothing; what it published twice has one id', async () => {
    involve.rows = rows(350);
    const { child, ended } = start();
    while (pubsub.kept.length === 0) await sleep(5);
    child.kill('SIGKILL');
    await ended;
    const before = ids().length;
    expect((await start().ended).output).toMatch(/is being fetched since/);
    await db
      .updateTable('sync_runs')
      .set({ leased_until: new Date(0) })
      .execute();
    const { code, output } = await start().ended;
    expect({ code, output: code === 0 ? '' : output }).toEqual({ code: 0, output: '' });
    expect(before).toBeGreaterThan(0);
    expect(new Set(ids()).size).toBe(350);
    // At most the page whose fate was not certain came again.
    expect(ids().length - 350).toBeLessThanOrEqual(200);
  });

  it('ends with 0 where there was nothing new, and with 1 where the network refuses its secret, which is not told', async () => {
    const fine = await start().ended;
    expect(fine.code).toBe(0);
    expect(fine.output).toContain('"message":"report taken"');
    expect(ids()).toEqual([]);
    involve.secret = 'another';
    const { code, output } = await start().ended;
    expect(code).toBe(1);
    expect(output).toContain('gives no token (HTTP 401: Invalid Credentials)');
    expect(output).not.toContain('c2VjcmV0K2E=');
  });
});
