import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeImage, type Image } from './support/image.ts';
import { missingPostgres, startPostgres, type Postgres } from './support/postgres.ts';
import { startRole } from './support/process.ts';

const run = promisify(execFile);

/** What a gateway is not: the same image's other roles, as nobody, where nothing can be written. */
describe.skipIf(missingPostgres)(
  'the built bundles of the roles with a database, started as the image would start them',
  () => {
    let image: Image;
    let postgres: Postgres;
    beforeAll(async () => {
      image = makeImage();
      postgres = await startPostgres();
    });
    afterAll(async () => {
      await postgres?.stop();
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
  },
);
