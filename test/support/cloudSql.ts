import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { Client } from 'pg';
import { startPostgres } from './postgres.ts';
import { ofSources } from './process.ts';

const run = promisify(execFile);

/** What Cloud SQL has before we come: a role that may create roles and owns the database, and users that may do nothing but log in. */
const before = [
  'create role cloudsqlsuperuser createrole createdb nologin',
  'create database ledger owner cloudsqlsuperuser',
  ...['migrate', 'ledger', 'sync'].map((user) => `create role "linkshare-${user}@p.iam" login`),
  'grant cloudsqlsuperuser to "linkshare-migrate@p.iam"',
];

type User = 'migrate' | 'ledger' | 'sync';

export interface CloudSql {
  /** The database as one of its users is told of it. */
  urlOf(user: User): string;
  /** Asks the database `ledger`: as a user, or as nobody with all rights if none is named. */
  ask(sql: string, user?: User): Promise<Record<string, unknown>[]>;
  /** `main.ts migrate`, as the job runs it. Resolves to the line that it logs. */
  migrate(more?: NodeJS.ProcessEnv): Promise<{ message: string; ran: string[] }>;
  /** What Cloud SQL does for its users' `databaseRoles`, once `migrate` has made those. */
  grant(): Promise<void>;
  stop: () => Promise<void>;
}

/** A PostgreSQL server with users and rights as in Cloud SQL. */
export async function startCloudSql(): Promise<CloudSql> {
  const server = await startPostgres();
  const { url } = server;
  const superuser = url.replace(/postgres$/, 'ledger');
  const urlOf = (user: User) => superuser.replace('ledger@', `${encodeURIComponent(`linkshare-${user}@p.iam`)}@`); // prettier-ignore
  const ask = (sql: string, user?: User) => askAt(user === undefined ? superuser : urlOf(user), sql);
  for (const sql of before) await askAt(url, sql);
  return {
    urlOf,
    ask,
    async migrate(more = {}) {
      const job = { GOOGLE_CLOUD_PROJECT: 'p', DATABASE_URL: urlOf('migrate'), DB_ROLE: 'cloudsqlsuperuser' };
      const env = { ...process.env, ...ofSources, ...job, ...more };
      const { stdout } = await run(process.execPath, ['services/main.ts', 'migrate'], { env });
      return JSON.parse(stdout.trim()) as { message: string; ran: string[] };
    },
    async grant() {
      for (const user of ['ledger', 'sync']) await ask(`grant linkshare_${user} to "linkshare-${user}@p.iam"`); // prettier-ignore
    },
    stop: () => server.stop(),
  };
}

async function askAt(url: string, sql: string): Promise<Record<string, unknown>[]> {
  const client = new Client(url);
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(sql)).rows;
  } finally {
    await client.end();
  }
}
