import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import type { Partner } from '../services/manifest/compile.ts';
import { exampleRequest, loadExamples, type Example } from '../services/manifest/example.ts';
import { loadPartners } from '../services/manifest/load/load.ts';
import { differences } from '../services/manifest/tools/differences.ts';
import { comingFrom } from './support/examples.ts';
import { missingEmulator, startEmulator, type Emulator } from './support/emulator.ts';
import { startFakeSecretManager } from './support/fake-secret-manager.ts';
import { rawExchange } from './support/http.ts';
import { makeImage, type Image } from './support/image.ts';
import { startRole } from './support/process.ts';

const usualNow = '2026-11-24T00:00:00Z';
const partners = loadPartners('partners').filter(({ receives }) => receives);
const topics = ['conversions', 'quarantine', 'refused'] as const;

/** Moves a process's clock, since examples have their times. Nothing else of what was built is touched. */
function clockAt(now: string): string {
  const by = Date.parse(now) - Date.now();
  const shift = `const R=Date;globalThis.Date=class extends R{constructor(...a){a.length?super(...a):super(R.now()+${by})}static now(){return R.now()+${by}}}`;
  return `--import=data:text/javascript,${encodeURIComponent(shift)}`;
}

const outcomeOf = { conversions: 'kept', quarantine: 'quarantined', refused: 'refused' };

/** What the log says became of each request. */
const linesOf = (output: string) =>
  output
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line) as { outcome?: string; ids: string[] });

describe.skipIf(missingEmulator)('the built bundles, started as the image would start them', () => {
  let image: Image;
  let emulator: Emulator;
  beforeAll(async () => {
    image = makeImage();
    emulator = await startEmulator();
  });
  afterAll(async () => {
    await emulator?.stop();
    image?.remove();
  });

  /** A gateway with topics and secrets of its own, at the time of an example. */
  async function start(partner: Partner, name: string, example: Example, client = 'grpc') {
    const secretManager = await startFakeSecretManager();
    onTestFinished(() => secretManager.stop());
    const names = topics.map((topic) => `${name}-${topic}`);
    for (const topic of names) await emulator.createTopic(topic);
    for (const secret of partner.secretNames) {
      const id = `linkshare-${partner.id}-${secret}`;
      secretManager.create(id);
      secretManager.add(id, example.secrets?.[secret] ?? `example-${secret}`);
    }
    const [CONVERSIONS_TOPIC, QUARANTINE_TOPIC, REFUSED_TOPIC] = names;
    const settings = {
      MANIFEST: JSON.stringify(partner.manifest),
      GOOGLE_CLOUD_PROJECT: emulator.topicName('x').split('/')[1],
      ...{ CONVERSIONS_TOPIC, QUARANTINE_TOPIC, REFUSED_TOPIC },
      PUBSUB_EMULATOR_HOST: emulator.host,
      SECRET_MANAGER_HOST: secretManager.host,
      NODE_OPTIONS: clockAt(example.now ?? usualNow),
      TRUSTED_HOPS: '1',
      PUBLISHER: client,
      SECRETS: client,
    };
    return startRole('gateway', settings, image.main, image.as);
  }

  describe.each(partners.filter(({ receives }) => receives))('$id', (partner) => {
    const examples = loadExamples(join('partners', partner.id));
    const groups = Object.groupBy(examples, ({ now, secrets }) => JSON.stringify([now, secrets]));

    it.each(Object.values(groups).map((group, i) => [i, group!] as const))(
      'answers its examples, and what it kept is in its topics (group %i)',
      async (i, group) => {
        const name = `${partner.id}-${i}`;
        const server = await start(partner, name, group[0]!);
        const secretOf = (name: string) => group[0]?.secrets?.[name] ?? `example-${name}`;
        const send = (example: Example) => rawExchange(server.port, comingFrom(exampleRequest(example, partner, secretOf))); // prettier-ignore
        const sent = new Set<string>();
        try {
          for (const example of group) {
            for (const after of example.after ?? [])
              if (!sent.has(after)) await send(examples.find((each) => each.name === after)!);
            const { status } = await send(example);
            sent.add(example.name);
            expect(`${example.name}: ${status}`).toBe(`${example.name}: ${example.expect.status}`);
          }
        } finally {
          expect(await server.end('SIGTERM')).toBe(0);
        }
        const said = linesOf(server.output());
        for (const topic of topics) {
          const ids = new Set(said.filter(({ outcome }) => outcome === outcomeOf[topic]).flatMap(({ ids }) => ids)); // prettier-ignore
          const messages = (await emulator.pull(`${name}-${topic}`, ids.size, ids.size > 0 ? 10_000 : 300)).map(({ data }) => JSON.parse(data) as { id: string }); // prettier-ignore
          expect(new Set(messages.map(({ id }) => id))).toEqual(ids);
          if (topic === 'conversions')
            for (const event of group.flatMap(({ expect: { events = [] } }) => events))
              expect(messages.map((message) => differences([event], [message]))).toContainEqual([]);
        }
        for (const secret of partner.secretNames) expect(server.output()).not.toContain(secretOf(secret));
      },
    );
  });

  it("runs with Google's own clients too, and says nothing of what could not be loaded", async () => {
    const [partner] = partners as [Partner];
    const [example] = loadExamples(join('partners', partner.id)).filter(({ expect: { outcome }, after }) => outcome === 'kept' && !after); // prettier-ignore
    const server = await start(partner, 'clients', example!, 'client');
    const secretOf = (name: string) => example!.secrets?.[name] ?? `example-${name}`;
    const answers = [];
    for (let i = 0; i < 2; i++) answers.push((await rawExchange(server.port, exampleRequest(example!, partner, secretOf))).status); // prettier-ignore
    expect(await server.end('SIGTERM')).toBe(0);
    expect(answers.map(String)).toEqual([example!.expect.status, example!.expect.status]);
    expect(await emulator.pull('clients-conversions', 1, 10_000)).toHaveLength(1);
    expect(server.output()).not.toMatch(/could not be loaded|Cannot read/);
  });

  it('cannot write where it runs', () => {
    const { node, cwd, uid } = image.as;
    const script = `require('node:fs').writeFileSync(${JSON.stringify(join(cwd, 'new'))}, '')`;
    const write = () =>
      execFileSync(node, ['-e', script], { ...(uid !== undefined && { uid }), stdio: 'pipe' });
    expect(write).toThrow(/EACCES|EPERM/);
  });
});
