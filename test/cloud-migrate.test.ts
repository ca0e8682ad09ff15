import { createServer, type Server } from 'node:http';
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { AddressInfo } from 'node:net';
import { Client } from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { missingPostgres, startPostgres, type Postgres } from './support/postgres.ts';
import { startRole } from './support/process.ts';

const run = promisify(execFile);

/** What Cloud SQL has before we come: a role that may create roles and owns the database, and users that may do nothing but log in. */
const asCloudSql = [
  'create role cloudsqlsuperuser createrole createdb nologin',
  'create database ledger owner cloudsqlsuperuser',
  ...['migrate', 'ledger', 'sync'].map((user) => `create role "linkshare-${user}@p.iam" login`),
  'grant cloudsqlsuperuser to "linkshare-migrate@p.iam"',
];

describe.skipIf(missingPostgres)('main.ts migrate, with rights as in Cloud SQL', () => {
  let postgres: Postgres;
  let keyServer: Server;
  const urlOf = (user: string) =>
    postgres.url.replace('ledger@', `${encodeURIComponent(`linkshare-${user}@p.iam`)}@`).replace(/postgres$/, 'ledger'); // prettier-ignore
  const migrate = (more = {}) =>
    run(process.execPath, ['services/main.ts', 'migrate'], {
      env: {
        ...process.env,
        GOOGLE_CLOUD_PROJECT: 'p',
        DATABASE_URL: urlOf('migrate'),
        DB_ROLE: 'cloudsqlsuperuser',
        ...more,
      },
    }).then(({ stdout }) => JSON.parse(stdout.trim()) as { message: string; ran: string[] });
  const ask = async (url: string, sql: string) => {
    const client = new Client(url);
    await client.connect();
    try {
      return (await client.query<Record<string, unknown>>(sql)).rows;
    } finally {
      await client.end();
    }
  };
  const startLedger = () =>
    startRole('ledger', {
      GOOGLE_CLOUD_PROJECT: 'p',
      DATABASE_URL: urlOf('ledger'),
      PUSH_AUDIENCE: 'https://ledger.example.com',
      PUSH_ACCOUNT: 'push@p.iam.gserviceaccount.com',
      PUSH_KEYS: `http://127.0.0.1:${(keyServer.address() as AddressInfo).port}/certs`,
    });

  beforeAll(async () => {
    postgres = await startPostgres();
    keyServer = createServer((_request, response) => response.end('{"keys":[]}')).listen(0, '127.0.0.1');
    await new Promise((resolve) => keyServer.once('listening', resolve));
    for (const sql of asCloudSql) await ask(postgres.url, sql);
  });
  afterAll(async () => {
    keyServer?.close();
    await postgres?.stop();
  });

  it('the ledger does not start on tables that are not there: it may not make them', async () => {
    await expect(startLedger()).rejects.toThrow('could not be brought up to date: permission denied');
  });

  it('makes the tables once, owned by nobody who logs in, and again is harmless', async () => {
    expect((await migrate()).ran.length).toBeGreaterThan(3);
    expect(await migrate()).toMatchObject({ message: 'migrated', ran: [] });
    const owners = await ask(postgres.url.replace(/postgres$/, 'ledger'), "select distinct tableowner from pg_tables where schemaname = 'public'"); // prettier-ignore
    expect(owners).toEqual([{ tableowner: 'cloudsqlsuperuser' }]);
    // What Cloud SQL does for a user's `databaseRoles`.
    await ask(postgres.url, 'grant linkshare_ledger to "linkshare-ledger@p.iam"');
    await ask(postgres.url, 'grant linkshare_sync to "linkshare-sync@p.iam"');
  });

  it('the ledger runs with rows alone to change', async () => {
    const ledger = await startLedger();
    expect((await fetch(`${ledger.url}/health/ready`)).status).toBe(200);
    expect(await ledger.end('SIGTERM')).toBe(0);
    const insert = "insert into audit (who, what, subject) values ('x', 'y', 'z') returning seq";
    expect(await ask(urlOf('ledger'), insert)).toHaveLength(1);
    for (const sql of [
      'create table x ()',
      'drop table events',
      'truncate audit',
      'delete from ledger_migrations',
      'create role x',
    ])
      await expect(ask(urlOf('ledger'), sql), sql).rejects.toThrow(/permission denied|must be owner/);
  });

  it('sync reads what was said of sales, and neither keys nor secrets, and changes no sale', async () => {
    for (const table of ['conversions', 'events', 'quarantine', 'refused', 'ledger_migrations'])
      expect(await ask(urlOf('sync'), `select count(*)::int as n from ${table}`), table).toHaveLength(1);
    for (const sql of [
      'select * from api_keys',
      'select * from postbacks',
      'select * from publishers',
      'delete from conversions',
      "update events set data = ''",
    ])
      await expect(ask(urlOf('sync'), sql), sql).rejects.toThrow('permission denied');
  });

  it('the version before starts on tables that a newer one has made', async () => {
    await ask(postgres.url.replace(/postgres$/, 'ledger'), "insert into ledger_migrations values ('999-newer', '2027-01-01T00:00:00.000Z')"); // prettier-ignore
    const ledger = await startLedger();
    expect(await ledger.end('SIGTERM')).toBe(0);
    expect((await migrate()).ran).toEqual([]);
  });

  it('says what is wrong and ends with 1', async () => {
    await expect(migrate({ DB_ROLE: 'a b' })).rejects.toThrow('DB_ROLE: "a b" is no role');
    await expect(migrate({ DATABASE_URL: undefined })).rejects.toThrow('DATABASE_URL is not set');
    await expect(migrate({ DB_ROLE: '' })).rejects.toMatchObject({ code: 1 });
    await expect(migrate({ DATABASE_URL: urlOf('ledger') })).rejects.toThrow('permission denied to set role');
  });
});
