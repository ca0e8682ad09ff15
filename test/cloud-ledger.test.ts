import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import { Client } from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { anEvent } from './support/events.ts';
import { missingPostgres, startPostgres, type Postgres } from './support/postgres.ts';
import { startRole } from './support/process.ts';

const account = 'push@p.iam.gserviceaccount.com';
const audience = 'https://ledger.example.com';

describe.skipIf(missingPostgres)('main.ts ledger, on PostgreSQL', () => {
  let postgres: Postgres;
  let keyServer: Server;
  let settings: NodeJS.ProcessEnv;
  let token: string;
  beforeAll(async () => {
    postgres = await startPostgres();
    const { publicKey, privateKey } = await generateKeyPair('RS256');
    const keys = JSON.stringify({ keys: [{ ...(await exportJWK(publicKey)), kid: 'k', alg: 'RS256' }] });
    keyServer = createServer((_request, response) => response.end(keys)).listen(0, '127.0.0.1');
    await new Promise((resolve) => keyServer.once('listening', resolve));
    token = await new SignJWT({ email: account, email_verified: true })
      .setProtectedHeader({ alg: 'RS256', kid: 'k' })
      .setIssuer('https://accounts.google.com')
      .setAudience(audience)
      .setExpirationTime('1h')
      .sign(privateKey);
    settings = {
      GOOGLE_CLOUD_PROJECT: 'p',
      DATABASE_URL: postgres.url,
      PUSH_AUDIENCE: audience,
      PUSH_ACCOUNT: account,
      PUSH_KEYS: `http://127.0.0.1:${(keyServer.address() as AddressInfo).port}/certs`,
    };
  });
  afterAll(async () => {
    keyServer?.close();
    await postgres?.stop();
  });

  const push = async (url: string, id: string) => {
    const data = Buffer.from(JSON.stringify(anEvent({ conversionId: id }))).toString('base64');
    const attributes = { 'ce-type': 'linkshare.conversion.v1' };
    const { status } = await fetch(`${url}/push`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
      body: JSON.stringify({ message: { data, attributes, messageId: id }, subscription: 's' }),
    });
    return status;
  };
  const keys = async () => {
    const client = new Client(postgres.url);
    await client.connect();
    const { rows } = await client.query<{ conversion_id: string }>(
      'select conversion_id from conversions order by 1',
    );
    await client.end();
    return rows.map(({ conversion_id }) => conversion_id);
  };

  it('several start at once, record what is pushed, and end in order', async () => {
    const ledgers = await Promise.all([startRole('ledger', settings), startRole('ledger', settings)]);
    const [first, second] = ledgers;
    expect((await fetch(`${first.url}/health/ready`)).status).toBe(200);
    expect(await Promise.all([push(first.url, 'a'), push(second.url, 'a'), push(second.url, 'b')])).toEqual([
      204, 204, 204,
    ]);
    expect(await keys()).toEqual(['a', 'b']);
    for (const ledger of ledgers) expect(await ledger.end('SIGTERM')).toBe(0);
  });

  it('loses nothing that it acknowledged when it is killed in the midst of many', async () => {
    const acknowledged: string[] = [];
    for (let round = 0; round < 3; round++) {
      const ledger = await startRole('ledger', settings);
      let next = 0;
      let over = false;
      const sender = async () => {
        while (!over) {
          const id = `k${round}-${next++}`;
          const status = await push(ledger.url, id).catch(() => 0);
          if (status === 204) acknowledged.push(id);
        }
      };
      const senders = Promise.all(Array.from({ length: 8 }, sender));
      const enough = acknowledged.length + 40;
      await expect.poll(() => acknowledged.length, { timeout: 20_000 }).toBeGreaterThan(enough);
      expect(await ledger.end('SIGKILL')).toBe('SIGKILL');
      over = true;
      await senders;
    }
    const kept = new Set(await keys());
    expect(acknowledged.filter((id) => !kept.has(id))).toEqual([]);
  });

  it.each([
    ['no database', { DATABASE_URL: undefined }, 'DATABASE_URL is not set'],
    ['no audience', { PUSH_AUDIENCE: undefined }, 'PUSH_AUDIENCE is not set'],
    ['a database that is away', { DATABASE_URL: 'postgres://ledger@127.0.0.1:1/x' }, 'ECONNREFUSED'],
    ['settings that are no JSON', { PARTNER_SETTINGS: '{' }, 'JSON'],
  ])('ends with a sentence for %s', async (_, changes, sentence) => {
    await expect(startRole('ledger', { ...settings, ...changes })).rejects.toThrow(sentence);
  });
});
