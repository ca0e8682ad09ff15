import { setTimeout as sleep } from 'node:timers/promises';
import { topics, type Topic } from '../../services/runtime/bus.ts';
import type { PublisherName } from '../../services/runtime/pubsub/open.ts';
import { startEmulator, type Emulator } from '../support/emulator.ts';
import { startFakePubSub, type FakePubSub } from '../support/fake-pubsub.ts';
import { startFakeSecretManager, type FakeSecretManager } from '../support/fake-secret-manager.ts';
import { Book } from './book.ts';
import { Gateway } from './lives.ts';
import { anyPostback, plainManifest, type Postback } from './postback.ts';
import type { Random } from './random.ts';
import type { Evidence } from './reckon.ts';
import { sendOnce, startSenders, type Senders } from './senders.ts';

const project = 'linkshare-test';
const secretId = 'linkshare-acme-postback-token';
const fullName = (topic: Topic) => `projects/${project}/topics/${topic}`;

/** How soon the gateway must keep again once what it depends on is well: half-open connections take it 5 s to notice. */
const recoversWithin = 25_000;

/** What is told to strangers in a world's whole life; more than 600 a minute would rightly not be kept. */
const mostForged = 300;

/** A gateway and all that it depends on, each of which can be made to fail. */
export class World {
  readonly book = new Book();
  /** What went otherwise than promised, a sentence each. */
  readonly problems: string[] = [];
  /** What is worth telling besides: a name and a figure. */
  readonly notes: Record<string, string | number> = {};
  readonly random: Random;
  readonly pubsub: FakePubSub;
  readonly emulator: Emulator | undefined;
  readonly secretManager: FakeSecretManager;
  readonly gateway: Gateway;
  /** Times as long as usual. */
  readonly length: number;
  /** Makes the postbacks that are sent; as the manifest says they come. */
  any = (random: Random): Postback => anyPostback(this.book, random);
  /** The secret's values, oldest first; senders use the last one. */
  readonly tokens: string[] = [];
  private readonly forged: string[] = [];

  constructor(parts: Pick<World, 'random' | 'pubsub' | 'emulator' | 'secretManager' | 'gateway' | 'length'>) {
    this.random = parts.random;
    this.pubsub = parts.pubsub;
    this.emulator = parts.emulator;
    this.secretManager = parts.secretManager;
    this.gateway = parts.gateway;
    this.length = parts.length;
  }

  must(isSo: boolean, sentence: string): void {
    if (!isSo) this.problems.push(sentence);
  }

  /** Adds a version of the secret. Gives its number. */
  addToken(): number {
    const token = `hush${this.random.between(1e9, 9e9)}`;
    this.tokens.push(token);
    return this.secretManager.add(secretId, token);
  }

  disableToken(version: number): void {
    this.secretManager.disable(secretId, version);
  }

  /** Senders of all kinds of postbacks, with the newest token; strangers among them. */
  senders(connections = 16, more: Partial<Parameters<typeof startSenders>[0]> = {}): Senders {
    return startSenders({
      ...this.line,
      connections,
      random: this.random.fork(),
      token: () => this.tokens.at(-1)!,
      next: (random) => this.next(random),
      ...more,
    });
  }

  private next(random: Random) {
    if (this.forged.length >= mostForged || !random.chance(0.02)) return this.any(random);
    const token = `forged${random.between(1e9, 9e9)}`;
    this.forged.push(token);
    const postback = anyPostback(this.book, random, 'forged');
    return { ...postback, request: () => postback.request(token) };
  }

  get line() {
    return { book: this.book, port: () => this.gateway.port };
  }

  /** Something goes wrong, lasts, and is over; then the same process must keep again. */
  async trouble(name: string, begin: () => unknown, ms: number, end: () => unknown): Promise<void> {
    this.book.storm();
    await begin();
    await sleep(ms * this.length);
    await end();
    await this.recovers(name);
    this.book.allWell();
  }

  /** A postback that is sent until it is kept. */
  async recovers(name: string): Promise<void> {
    const started = performance.now();
    const postback = this.any(this.random);
    const isKept = (told: unknown) => told === 200 || told === 202;
    while (!isKept(await sendOnce(this.line, postback, this.tokens.at(-1)!))) {
      if (performance.now() - started > recoversWithin)
        throw new Error(`not well again ${recoversWithin / 1_000} s after: ${name}`);
      await sleep(100);
    }
    const seconds = ((performance.now() - started) / 1_000).toFixed(1);
    this.notes[`well again after ${name}`] = `${seconds} s`;
  }

  /** Ends the gateway in order, and gives all there is to judge by. */
  async evidence(): Promise<Evidence> {
    const { by, ms } = await this.gateway.end('SIGTERM');
    this.must(by === 0 && ms < 10_000, `SIGTERM ended it with ${by} after ${Math.round(ms)} ms`);
    this.must(
      this.book.withoutRetryAfter === 0,
      `${this.book.withoutRetryAfter} times 503 without Retry-After`,
    );
    const found = { conversions: [], quarantine: [], refused: [] } as Record<Topic, string[]>;
    await Promise.all(topics.map(async (topic) => (found[topic] = await this.found(topic))));
    const secrets = [...this.tokens, ...this.forged];
    return { sent: this.book.sent, found, lives: this.gateway.lives(), secrets, exactly: !this.emulator };
  }

  private async found(topic: Topic): Promise<string[]> {
    if (!this.emulator) return this.pubsub.keptIn.get(fullName(topic)) ?? [];
    const data: string[] = [];
    for (let more = 1; more > 0;) {
      const pulled = await this.emulator.pull(topic, Infinity, 1_500);
      data.push(...pulled.map((message) => message.data));
      more = pulled.length;
    }
    return data;
  }

  async stop(): Promise<void> {
    await this.gateway.abandon();
    await this.pubsub.stop();
    await this.emulator?.stop();
    await this.secretManager.stop();
  }
}

export interface Wanted {
  random: Random;
  length: number;
  publisher: PublisherName;
  manifest?: object | undefined;
  /** Google's emulator instead of the stand-in. */
  onEmulator?: boolean | undefined;
}

/** Makes one, with a secret of one version; its gateway is yet to be started. */
export async function makeWorld({
  random,
  length,
  publisher,
  manifest = plainManifest,
  onEmulator,
}: Wanted): Promise<World> {
  const [pubsub, secretManager] = await Promise.all([startFakePubSub(), startFakeSecretManager()]);
  const emulator = onEmulator ? await startEmulator() : undefined;
  for (const topic of topics) await emulator?.createTopic(topic);
  const gateway = new Gateway({
    MANIFEST: JSON.stringify(manifest),
    GOOGLE_CLOUD_PROJECT: project,
    PUBLISHER: publisher,
    PUBSUB_EMULATOR_HOST: emulator?.host ?? pubsub.host,
    SECRET_MANAGER_HOST: secretManager.host,
  });
  const world = new World({ random, pubsub, emulator, secretManager, gateway, length });
  world.addToken();
  return world;
}
