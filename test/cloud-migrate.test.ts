import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startCloudSql, type CloudSql } from './support/cloudSql.ts';
import { missingPostgres } from './support/postgres.ts';
import { startRole } from './support/process.ts';

describe.skipIf(missingPostgres)('main.ts migrate, with rights as in Cloud SQL', () => {
  let cloudSql: CloudSql;
  let keyServer: Server;
  const startLedger = () =>
    startRole('ledger', {
      GOOGLE_CLOUD_PROJECT: 'p',
      DATABASE_URL: cloudSql.urlOf('ledger'),
      PUSH_AUDIENCE: 'https://ledger.example.com',
      PUSH_ACCOUNT: 'push@p.iam.gserviceaccount.com',
      PUSH_KEYS: `http://127.0.0.1:${(keyServer.address() as AddressInfo).port}/certs`,
    });

  beforeAll(async () => {
    cloudSql = await startCloudSql();
    keyServer = createServer((_request, response) => response.end('{"keys":[]}')).listen(0, '127.0.0.1');
    await new Promise((resolve) => keyServer.once('listening', resolve));
  });
  afterAll(async () => {
    keyServer?.close();
    await cloudSql?.stop();
  });

  it('the ledger does not start on tables that are not there: it may not make them', async () => {
    await expect(startLedger()).rejects.toThrow('could not be brought up to date: permission denied');
  });

  it('makes the tables once, owned by nobody who logs in, and again is harmless', async () => {
    expect((await cloudSql.migrate()).ran.length).toBeGreaterThan(3);
    expect(await cloudSql.migrate()).toMatchObject({ message: 'migrated', ran: [] });
    const owners = await cloudSql.ask("select distinct tableowner from pg_tables where schemaname = 'public'"); // prettier-ignore
    expect(owners).toEqual([{ tableowner: 'cloudsqlsuperuser' }]);
    await cloudSql.grant();
  });

  it('the ledger runs with rows alone to change', async () => {
    const ledger = await startLedger();
    expect((await fetch(`${ledger.url}/health/ready`)).status).toBe(200);
    expect(await ledger.end('SIGTERM')).toBe(0);
    const insert = "insert into audit (who, what, subject) values ('x', 'y', 'z') returning seq";
    expect(await cloudSql.ask(insert, 'ledger')).toHaveLength(1);
    for (const sql of [
      'create table x ()',
      'drop table events',
      'truncate audit',
      'delete from ledger_migrations',
      'create role x',
    ])
      await expect(cloudSql.ask(sql, 'ledger'), sql).rejects.toThrow(/permission denied|must be owner/);
  });

  it('sync reads what was said of sales, and neither keys nor secrets, and changes no sale', async () => {
    for (const table of ['conversions', 'events', 'quarantine', 'refused', 'ledger_migrations'])
      expect(await cloudSql.ask(`select count(*)::int as n from ${table}`, 'sync'), table).toHaveLength(1);
    for (const sql of [
      'select * from api_keys',
      'select * from postbacks',
      'select * from publishers',
      'delete from conversions',
      "update events set data = ''",
    ])
      await expect(cloudSql.ask(sql, 'sync'), sql).rejects.toThrow('permission denied');
  });

  it('the version before starts on tables that a newer one has made', async () => {
    await cloudSql.ask("insert into ledger_migrations values ('999-newer', '2027-01-01T00:00:00.000Z')"); // prettier-ignore
    const ledger = await startLedger();
    expect(await ledger.end('SIGTERM')).toBe(0);
    expect((await cloudSql.migrate()).ran).toEqual([]);
  });

  it('says what is wrong and ends with 1', async () => {
    await expect(cloudSql.migrate({ DB_ROLE: 'a b' })).rejects.toThrow('DB_ROLE: "a b" is no role');
    await expect(cloudSql.migrate({ DATABASE_URL: undefined })).rejects.toThrow('DATABASE_URL is not set');
    await expect(cloudSql.migrate({ DB_ROLE: '' })).rejects.toMatchObject({ code: 1 });
    await expect(cloudSql.migrate({ DATABASE_URL: cloudSql.urlOf('ledger') })).rejects.toThrow(
      'permission denied to set role',
    );
  });
});
