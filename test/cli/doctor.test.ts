import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { migrate, openPostgres } from '../../services/ledger/database.ts';
import type { Finding } from '../../services/ledger/doctor.ts';
import type { Ledger } from '../../services/ledger/tables.ts';
import { ending, shop, withPartners } from '../support/cli.ts';
import { fillLedger } from '../support/fullLedger.ts';
import { startLinkShare } from '../support/process.ts';
import { missingPostgres, startPostgres, type Postgres } from '../support/postgres.ts';

async function doctor(env: NodeJS.ProcessEnv, ...more: string[]) {
  const { out, code, failed } = await ending(env, ['doctor', '--json', ...more]);
  if (out.length === 0) throw new Error(failed);
  const { findings } = JSON.parse(out[0]!) as { findings: Finding[] };
  const troubles = findings.filter(({ todo }) => todo !== undefined).map(({ check }) => check);
  return { code, troubles, says: (check: string) => findings.find((each) => each.check === check)?.says };
}

describe('doctor of a data folder', { timeout: 600_000 }, () => {
  it('says what is missing, and nothing is wrong once LinkShare runs', async () => {
    const env = withPartners();
    expect(await doctor(env)).toMatchObject({ code: 1, troubles: ['data folder', 'secrets'] });
    const server = await startLinkShare(env.DATA_DIR, env);
    expect(await doctor(env)).toMatchObject({ code: 0, troubles: [] });
    expect(await server.end('SIGTERM')).toBe(0);
    const secret = join(env.DATA_DIR, 'secrets/shop/postback-token');
    writeFileSync(secret, '');
    expect((await doctor(env)).troubles).toContain('secrets');
    rmSync(secret);
    expect((await doctor(env)).troubles).toContain('secrets');
  });

  it('names manifests that do not load, and ways of verifying that end', async () => {
    expect((await doctor(withPartners({ 'shop/manifest.yaml': 'id: shop' }))).troubles).toContain('partners');
    const ends = shop.replace('verify: { secret: postback-token, at: token }', `verify: { none: the old template, until: ${new Date().toISOString().slice(0, 10)} }`); // prettier-ignore
    expect((await doctor(withPartners({ 'shop/manifest.yaml': ends }))).troubles).toContain('verification');
  });
});

describe.skipIf(missingPostgres)('doctor of PostgreSQL', { timeout: 600_000 }, () => {
  let postgres: Postgres;
  let db: Ledger;
  let close: () => Promise<void>;
  let env: NodeJS.ProcessEnv;
  beforeAll(async () => {
    postgres = await startPostgres();
    ({ db, close } = openPostgres({ connectionString: postgres.url }));
  });
  afterAll(async () => {
    await close?.();
    await postgres?.stop();
  });
  beforeEach(() => void (env = { ...withPartners(), DATABASE_URL: postgres.url }));

  it('is well where the ledger is new, and says so where the database is away', async () => {
    await migrate(db);
    expect(await doctor(env)).toMatchObject({ code: 0, troubles: [] });
    const away = { ...env, DATABASE_URL: 'postgres://ledger@127.0.0.1:1/x' };
    expect(await doctor(away)).toMatchObject({ code: 1, troubles: ['database'] });
  });

  it('names what waits for a person, and rows that do not fold to what they say', async () => {
    await fillLedger(db);
    await sql`update postbacks set off_at = now(), off_why = 'test'`.execute(db);
    await sql`update refused set received_at = now()`.execute(db);
    const found = await doctor(env, '--deep');
    expect(found).toMatchObject({ code: 1, troubles: expect.arrayContaining(['poison', 'quarantine', 'refused', 'postbacks']) as string[] }); // prettier-ignore
    expect(found.troubles).not.toContain('folds');
    await sql`update conversions set status = 'rejected' where conversion_id = '2'`.execute(db);
    const bent = await doctor(env, '--deep');
    expect(bent.says('folds')).toContain('3 of 4 conversions fold to their rows again; not: acme//2/');
    expect(bent.troubles).toContain('folds');
    await sql`update postbacks set off_at = null, off_why = null`.execute(db);
    await sql`update deliveries set due_at = now() - interval '2 hours'`.execute(db);
    expect((await doctor(env)).troubles).toContain('deliveries');
  });
});
