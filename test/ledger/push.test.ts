import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import express from 'express';
import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createIntake, type Intake } from '../../services/ledger/intake.ts';
import { pushRoute } from '../../services/ledger/push.ts';
import { startServer } from '../../services/runtime/server.ts';
import { anEvent } from '../support/events.ts';
import { startTestLedger, type TestLedger } from '../support/ledger.ts';

const settings = { repeatWindow: () => 3_600_000, paysUnverified: () => false };
const audience = 'https://ledger.example.com/push';
const account = 'push@p.iam.gserviceaccount.com';
const lines: string[] = [];
const at = (message: string) => void lines.push(message);
const log = { info: at, warn: at, error: at, close: () => Promise.resolve() };

let ledger: TestLedger;
let keyServer: Server;
let server: Awaited<ReturnType<typeof startServer>>;
let sign: (claims?: object, options?: { audience?: string; expires?: string }) => Promise<string>;
let away = false;

beforeAll(async () => {
  ledger = await startTestLedger();
  const { publicKey, privateKey } = await generateKeyPair('RS256');
  const jwk = { ...(await exportJWK(publicKey)), kid: 'k', alg: 'RS256', use: 'sig' };
  keyServer = createServer((_request, response) => response.end(JSON.stringify({ keys: [jwk] })));
  await new Promise<void>((resolve) => keyServer.listen(0, '127.0.0.1', resolve));
  const keys = `http://127.0.0.1:${(keyServer.address() as AddressInfo).port}/certs`;
  sign = (claims = {}, options = {}) =>
    new SignJWT({ email: account, email_verified: true, ...claims })
      .setProtectedHeader({ alg: 'RS256', kid: 'k' })
      .setIssuer('https://accounts.google.com')
      .setAudience(options.audience ?? audience)
      .setExpirationTime(options.expires ?? '1h')
      .sign(privateKey);
  const real = createIntake(ledger.db, settings);
  const intake: Intake = {
    ...real,
    take: (...args) => (away ? Promise.reject(new Error('away')) : real.take(...args)),
  };
  server = await startServer(express().use(pushRoute({ intake, log, audience, account, keys })), {
    host: '127.0.0.1',
    port: 0,
  });
});
afterAll(async () => {
  await server.stop();
  keyServer.close();
  await ledger.close();
});
beforeEach(async () => {
  away = false;
  await ledger.reset();
});

async function push(
  data: string,
  token: string | undefined,
  type = 'linkshare.conversion.v1',
): Promise<number> {
  const body = { message: { data: Buffer.from(data).toString('base64'), attributes: { 'ce-type': type }, messageId: '1' }, subscription: 's' }; // prettier-ignore
  return post(JSON.stringify(body), token);
}

async function post(body: string, token: string | undefined): Promise<number> {
  const headers = {
    'content-type': 'application/json',
    ...(token !== undefined && { authorization: `Bearer ${token}` }),
  };
  const { status } = await fetch(`${server.url}/push`, { method: 'POST', headers, body });
  return status;
}

const conversions = () => ledger.db.selectFrom('conversions').select('key').execute();
const event = JSON.stringify(anEvent({}));

it('204 once it is recorded, and again for a redelivery', async () => {
  expect(await push(event, await sign())).toBe(204);
  expect(await push(event, await sign())).toBe(204);
  expect(await conversions()).toHaveLength(1);
});

describe('401, and nothing is recorded', () => {
  it.each<[string, () => Promise<string | undefined>]>([
    ['without a token', () => Promise.resolve(undefined)],
    ['with a token that is none', () => Promise.resolve('x.y.z')],
    ['made out to another', () => sign({}, { audience: 'https://other.example.com' })],
    ['that is over', () => sign({}, { expires: '-1h' })],
    ['of another account', () => sign({ email: 'other@p.iam.gserviceaccount.com' })],
    ['of an account that nobody confirmed', () => sign({ email_verified: false })],
    [
      'signed by another key',
      async () => {
        const { privateKey } = await generateKeyPair('RS256');
        return new SignJWT({ email: account, email_verified: true })
          .setProtectedHeader({ alg: 'RS256', kid: 'k' })
          .setIssuer('https://accounts.google.com')
          .setAudience(audience)
          .setExpirationTime('1h')
          .sign(privateKey);
      },
    ],
  ])('%s', async (_, token) => {
    expect(await push(event, await token())).toBe(401);
    expect(await conversions()).toEqual([]);
  });
});

it('204 for poison, which is stored with its reason: it would come again for ever', async () => {
  for (const body of ['{"message":{"data":"eA=="}}', '{}', '[1]'])
    expect(await post(body, await sign())).toBe(204);
  expect(await push('{"version":9}', await sign(), 'something.else')).toBe(204);
  const poison = await ledger.db.selectFrom('poison').select(['data', 'why']).execute();
  expect(poison).toHaveLength(4);
  expect(poison.every(({ why }) => why.length > 0)).toBe(true);
});

it('503 while the database is away: Pub/Sub keeps it', async () => {
  away = true;
  expect(await push(event, await sign())).toBe(503);
  away = false;
  expect(await push(event, await sign())).toBe(204);
  expect(await conversions()).toHaveLength(1);
});

it('takes quarantined and refused records by their type', async () => {
  const record = { version: 1, id: 'q', partner: 'acme', receivedAt: '2026-11-24T00:00:00.000Z', raw: { method: 'GET', path: '/', query: '', headers: {} } }; // prettier-ignore
  const quarantined = { ...record, verified: true, reasons: [{ field: 'status', why: 'is unknown' }] };
  const refused = { ...record, conversionId: '1', why: 'brings a wrong secret' };
  expect(await push(JSON.stringify(quarantined), await sign(), 'linkshare.quarantine.v1')).toBe(204);
  expect(await push(JSON.stringify(refused), await sign(), 'linkshare.refused.v1')).toBe(204);
  expect(await ledger.db.selectFrom('quarantine').select('id').execute()).toEqual([{ id: 'q' }]);
  expect(await ledger.db.selectFrom('refused').select('conversion_id').execute()).toEqual([
    { conversion_id: '1' },
  ]);
});
