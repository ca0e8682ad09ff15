import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startFakePubSub, type FakePubSub } from './support/fake-pubsub.ts';
import { startFakeSecretManager, type FakeSecretManager } from './support/fake-secret-manager.ts';
import { makeImage, type Image } from './support/image.ts';
import { missingPostgres, startPostgres, type Postgres } from './support/postgres.ts';
import { startRole } from './support/process.ts';
import { startInvolve, type Involve } from './sync/stand-in/involve.ts';
import { involveAt } from './sync/support.ts';

const run = promisify(execFile);

/** What a partner with a report says beside, if it sends postbacks too. */
const postback = {
  path: '/net',
  verify: { secret: 'token', at: 'query.token' },
  fields: {
    account: 'account',
    conversionId: 'id',
    commission: 'pay USD',
    status: { from: 'status', approved: 'approved', pending: 'pending' },
  },
};

/** What a gateway is not: the same image's other roles, as nobody, where nothing can be written. */
describe.skipIf(missingPostgres)(
  'the built bundles of the roles with a database, started as the image would start them',
  () => {
    let image: Image;
    let postgres: Postgres;
    let pubsub: FakePubSub;
    let secretManager: FakeSecretManager;
    let network: Involve;
    beforeAll(async () => {
      image = makeImage();
      [postgres, pubsub, secretManager, network] = await Promise.all([startPostgres(), startFakePubSub(), startFakeSecretManager(), startInvolve([])]); // prettier-ignore
    });
    afterAll(async () => {
      await Promise.all([postgres?.stop(), pubsub?.stop(), secretManager?.stop(), network?.server.close()]);
      image?.remove();
    });
    const env = (more: NodeJS.ProcessEnv = {}) => ({
      GOOGLE_CLOUD_PROJECT: 'p',
      DATABASE_URL: postgres.url,
      ...more,
    });
    const call = (args: string[], more?: NodeJS.ProcessEnv) => {
      const { node, ...as } = image.as;
      return run(node, [image.main, ...args], { ...as, env: env(more) });
    };

    it('migrate makes the tables and says which', async () => {
      const { stdout } = await call(['migrate']);
      expect(JSON.parse(stdout.trim())).toMatchObject({ message: 'migrated', ran: expect.arrayContaining(['001-record']) as string[] }); // prettier-ignore
    });

    it('ledger starts on them, is ready, and ends in order', async () => {
      const settings = env({ PUSH_AUDIENCE: 'a', PUSH_ACCOUNT: 'push@p.iam.gserviceaccount.com' });
      const ledger = await startRole('ledger', settings, image.main, image.as);
      expect((await fetch(`${ledger.url}/health/ready`)).status).toBe(200);
      expect(await ledger.end('SIGTERM')).toBe(0);
    });

    it('cli works on them, without a folder of partners, in the name of whoever runs it', async () => {
      await call(['cli', 'publisher', 'add', 'acme', '--name', 'Acme'], { OPERATOR: 'anna' });
      const { stdout } = await call(['cli', 'publisher', 'show', 'acme'], { OPERATOR: 'anna' });
      expect(stdout).toContain('Acme');
    });

    it('sync fetches a report by its own connector and publishes it; cli reconcile compares it with what came', async () => {
      secretManager.add('linkshare-net-api-key-one', network.key);
      secretManager.add('linkshare-net-api-secret-one', network.secret);
      const yesterday = new Date(Date.now() - 16 * 3_600_000).toISOString().slice(0, 10);
      network.rows = [{ conversion_id: 1, payout: 1.1, currency: 'USD', conversion_status: 'pending', datetime_conversion: `${yesterday} 09:00:00` }]; // prettier-ignore
      const job = {
        MANIFEST: JSON.stringify({ ...involveAt(network.server.url).manifest, ...postback }),
        PUBSUB_EMULATOR_HOST: pubsub.host,
        SECRET_MANAGER_HOST: secretManager.host,
      };
      const { stdout } = await call(['sync'], job);
      expect(stdout).toContain('"message":"report taken"');
      expect(pubsub.kept.map((data) => (JSON.parse(data) as { conversionId: string }).conversionId)).toEqual(['1']); // prettier-ignore
      const days = ['--partner', 'net', '--days', '3', '--project', 'p', '--untold', '1', '--threshold', '1'];
      const compared = await call(['cli', 'reconcile', ...days], job);
      expect(JSON.parse(compared.stdout.trim())).toMatchObject({ message: 'reconciled', complete: true, compared: 1, untold: 1 }); // prettier-ignore
      expect(network.server.wrong).toEqual([]);
    });
  },
);
