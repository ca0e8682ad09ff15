import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { journalEntry } from '../../services/gateway/journal.ts';
import { keysOf } from '../../services/manifest/compile.ts';
import { createKeys, withKeys } from '../../services/runtime/keys.ts';
import { startTestGateway, type TestGateway } from '../support/gateway.ts';
import { publishedSchemes } from '../support/schemes.ts';

const scheme = publishedSchemes().find(({ name }) => name === 'admob 1')!;
const [published] = Object.values(scheme.secrets);
const { partner, request } = scheme;
const forged = { ...request, query: request.query.replace('transaction_id=1', 'transaction_id=2') };

let gateway: TestGateway;
let clock = 0;
let asked = 0;
/** What stands at the address of the keys; an error while it cannot be reached. */
let there: string | Error;
const fetchText = () => {
  asked++;
  return there instanceof Error ? Promise.reject(there) : Promise.resolve(there);
};

beforeAll(async () => {
  gateway = await startTestGateway({
    partners: [partner],
    wrapSecrets: (secrets, log) =>
      withKeys(secrets, createKeys({ wanted: keysOf([partner]), log, fetchText, clock: () => clock })),
  });
});
afterAll(() => gateway.stop());
beforeEach(() => {
  clock += 24 * 3_600_000;
  asked = 0;
  return gateway.reset();
});

const outcomes = () => gateway.lines.flatMap(({ fields }) => fields.outcome ?? []);

describe('a partner that signs with a private key', () => {
  it('503 while its public keys cannot be had: the request is in the journal, and health says so', async () => {
    there = new Error('unreachable');
    const answer = await gateway.send(request);
    expect(answer.status).toBe(503);
    expect(answer.headers).toHaveProperty('retry-after');
    const journal = gateway.lines.find(({ message }) => message === 'journal')!;
    expect(journalEntry.parse({ message: 'journal', ...journal.fields })).toMatchObject({
      verdict: 'not decided',
      request: { query: request.query },
    });
    expect((await gateway.send({ path: '/health/ready' })).body).toContain('degraded');
    expect(await gateway.kept('conversions')).toHaveLength(0);
  });

  it('200 with the next request once they can, a minute later', async () => {
    there = published!;
    expect((await gateway.send(request)).status).toBe(200);
    expect((await gateway.send({ path: '/health/ready' })).body).toBe('OK');
    expect(await gateway.kept('conversions')).toHaveLength(1);
  });

  it('200 with the last good ones while the address cannot be reached', async () => {
    there = new Error('unreachable');
    expect((await gateway.send(request)).status).toBe(200);
  });

  it('401 for what they did not sign, and no more than one fetch a minute for it', async () => {
    there = published!;
    for (let i = 0; i < 5; i++) expect((await gateway.send(forged)).status).toBe(401);
    expect(asked).toBe(1);
    expect(outcomes()).toEqual(Array(5).fill('refused'));
  });

  it('200 with a new key, which is fetched when its first signature does not fit', async () => {
    there =
      '{"kty":"EC","crv":"P-256","x":"YP7UuiVanTHJYet0xjVtaMBJuJI7Yfps5mliLmDyn7Y","y":"eQP-EAi4vJmkGunpVii8ZPLxsgwtfp9Rd6PClNRGIpk"}';
    expect((await gateway.send(request)).status).toBe(401);
    there = published!;
    clock += 60_000;
    expect((await gateway.send(request)).status).toBe(200);
  });
});
