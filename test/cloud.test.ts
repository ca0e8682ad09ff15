import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { exampleRequest, loadExamples } from '../services/manifest/example.ts';
import { loadPartner } from '../services/manifest/load/load.ts';
import { publishers } from '../services/runtime/pubsub/open.ts';
import { missingEmulator, startEmulator, type Emulator } from './support/emulator.ts';
import { startFakeSecretManager, type FakeSecretManager } from './support/fake-secret-manager.ts';
import { rawExchange } from './support/http.ts';
import { startRole } from './support/process.ts';

const folder = join('partners', 'involve');
const partner = loadPartner(folder);
const examples = loadExamples(folder);

/** The request of an example, with the secret that the stand-in holds. */
function requestOf(name: string) {
  const example = examples.find((each) => each.name === name)!;
  return exampleRequest(example, partner, () => 's3cret-of-involve');
}

describe.skipIf(missingEmulator)('main.ts gateway, one manifest in MANIFEST, on the Pub/Sub emulator', () => {
  let emulator: Emulator;
  let secretManager: FakeSecretManager;
  beforeAll(async () => {
    emulator = await startEmulator();
    secretManager = await startFakeSecretManager();
  });
  afterAll(async () => {
    await secretManager?.stop();
    await emulator?.stop();
  });

  it.each(publishers)(
    'keeps, quarantines and refuses with PUBLISHER and SECRETS %s, and ends in order',
    async (publisher) => {
      const topics = ['conversions', 'quarantine', 'refused'].map((topic) => `${topic}-${publisher}`);
      const [conversions = '', quarantine = '', refused = ''] = topics;
      for (const topic of topics) await emulator.createTopic(topic);
      secretManager.create('linkshare-involve-postback-token');
      const server = await startRole('gateway', {
        MANIFEST: JSON.stringify(partner.manifest),
        GOOGLE_CLOUD_PROJECT: emulator.topicName('x').split('/')[1],
        CONVERSIONS_TOPIC: conversions,
        QUARANTINE_TOPIC: quarantine,
        REFUSED_TOPIC: refused,
        PUBLISHER: publisher,
        SECRETS: publisher,
        PUBSUB_EMULATOR_HOST: emulator.host,
        SECRET_MANAGER_HOST: secretManager.host,
      });
      try {
        secretManager.add('linkshare-involve-postback-token', 's3cret-of-involve');
        const send = (name: string) => rawExchange(server.port, requestOf(name));
        // The secret may have come after the start: then the first requests are told to come again.
        let first = await send('200-approved-sale');
        for (let attempt = 0; first.status === 503 && attempt < 50; attempt++) {
          await new Promise((resolve) => setTimeout(resolve, 200));
          first = await send('200-approved-sale');
        }
        expect([first.status, first.body]).toEqual([200, 'OK']);
        expect((await send('200-approved-sale')).status).toBe(200);
        expect((await send('202-unknown-status')).status).toBe(202);
        expect((await send('401-wrong-token')).status).toBe(401);
        const sales = await emulator.pull(conversions, 2, 1500);
        expect(
          sales.map(({ attributes }) => [attributes['ce-type'], attributes.partner, attributes.status]),
        ).toEqual([['linkshare.conversion.v1', 'involve', 'approved']]);
        expect(JSON.parse(sales[0]!.data)).toMatchObject({
          key: 'involve/IAByteC/274691185/',
          verified: true,
        });
        expect(await emulator.pull(quarantine, 1)).toMatchObject([
          { attributes: { 'ce-type': 'linkshare.quarantine.v1' } },
        ]);
        expect(await emulator.pull(refused, 1)).toMatchObject([
          { attributes: { 'ce-type': 'linkshare.refused.v1' } },
        ]);
      } finally {
        expect(await server.end('SIGTERM')).toBe(0);
      }
      expect(server.output()).not.toContain('s3cret-of-involve');
    },
  );

  it('does not stop for a secret that is missing: degraded, 503, and the request in the journal', async () => {
    const server = await startRole('gateway', {
      MANIFEST: JSON.stringify({ ...partner.manifest, id: 'usman', path: '/usman' }),
      GOOGLE_CLOUD_PROJECT: 'linkshare-test',
      PUBSUB_EMULATOR_HOST: emulator.host,
      SECRET_MANAGER_HOST: secretManager.host,
    });
    try {
      expect((await rawExchange(server.port, { path: '/health/ready' })).body).toContain('degraded');
      const answer = await rawExchange(server.port, { path: '/usman', query: 'token=any&conversion_id=1' });
      expect([answer.status, answer.headers['retry-after']]).toEqual([503, '5']);
    } finally {
      await server.end('SIGTERM');
    }
    expect(server.output()).toContain('gcloud secrets versions add linkshare-usman-postback-token');
    const journal = server.output().split('\n').find((line) => line.includes('"journal"'))!; // prettier-ignore
    expect(JSON.parse(journal)).toMatchObject({
      severity: 'ERROR',
      partner: 'usman',
      request: { query: 'token=***&conversion_id=1' },
    });
  });

  it.each([
    ['no MANIFEST', {}, 'MANIFEST is not set'],
    ['a MANIFEST that is not JSON', { MANIFEST: '{' }, 'MANIFEST is not JSON'],
    ['a MANIFEST with a mistake', { MANIFEST: '{"id":"acme"}' }, 'MANIFEST'],
    ['a port that is none', { MANIFEST: '{}', PORT: 'x' }, 'PORT: "x" is not a port'],
  ])('ends with a sentence for %s', async (_, settings, sentence) => {
    const start = startRole('gateway', { GOOGLE_CLOUD_PROJECT: 'p', MANIFEST: undefined, ...settings });
    await expect(start).rejects.toThrow(sentence);
  });
});
