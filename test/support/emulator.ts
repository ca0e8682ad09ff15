import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, globSync, realpathSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { PubSub } from '@google-cloud/pubsub';
import { PassThroughClient } from 'google-auth-library';
import { freePort } from './port.ts';

const project = 'linkshare-test';

/** A message as a subscriber finds it. */
export interface Pulled {
  data: string;
  attributes: Record<string, string>;
}

export interface Emulator {
  /** What PUBSUB_EMULATOR_HOST would say. */
  host: string;
  pid: number;
  /** The full name of a topic, which need not exist. */
  topicName(id: string): string;
  /** Makes a topic with one subscription; gives the topic's full name. */
  createTopic(id: string): Promise<string>;
  /** Takes what the topic's subscription holds, acknowledges it, and goes on until `count` messages came or `ms` are over. */
  pull(id: string, count: number, ms?: number): Promise<Pulled[]>;
  stop(): Promise<void>;
}

/** $PUBSUB_EMULATOR_JAR, or the one that `gcloud components install pubsub-emulator` puts into gcloud's own folder. */
function findJar(): string | undefined {
  if (process.env.PUBSUB_EMULATOR_JAR) return process.env.PUBSUB_EMULATOR_JAR;
  const gcloud = spawnSync('which', ['gcloud'], { encoding: 'utf8' }).stdout?.trim();
  if (!gcloud) return undefined;
  const sdk = dirname(dirname(realpathSync(gcloud)));
  return globSync(join(sdk, 'platform/pubsub-emulator/lib/*.jar')).sort().at(-1);
}

function whatIsMissing(): string | undefined {
  const jar = findJar();
  if (!jar || !existsSync(jar))
    return "Google's Pub/Sub emulator (gcloud components install pubsub-emulator)";
  if (spawnSync('java', ['-version']).status !== 0) return 'Java, which the Pub/Sub emulator runs on';
  return undefined;
}

/**
 * What this machine lacks for the emulator; undefined if nothing. For `describe.skipIf(missingEmulator)`: it is said once, and with
 * CI=true it is a failure, so that a skip never looks like a pass.
 */
export const missingEmulator = whatIsMissing();
if (missingEmulator) {
  const message = `not installed: ${missingEmulator}`;
  if (process.env.CI === 'true') throw new Error(message);
  console.warn(`SKIPPED, ${message}`);
}

/** Starts Google's emulator on a free port of 127.0.0.1; resolves once it answers. */
export async function startEmulator(): Promise<Emulator> {
  const port = await freePort();
  const host = `127.0.0.1:${port}`;
  // As its own bin/cloud-pubsub-emulator does, without the shell between, which would outlive a signal.
  const child = spawn('java', ['-jar', findJar()!, '--host=127.0.0.1', `--port=${port}`]);
  const exited = once(child, 'exit');
  let printed = '';
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (data: Buffer) => (printed = (printed + data.toString()).slice(-10_000)));
  while (!(await answers(host))) {
    if (child.exitCode !== null) throw new Error(`the emulator ended with ${child.exitCode}:\n${printed}`);
    await sleep(50);
  }
  // Without an authClient it looks for the credentials of the machine, which the emulator needs not.
  const authClient = new PassThroughClient();
  const admin = new PubSub({ projectId: project, apiEndpoint: host, emulatorMode: true, authClient });
  return {
    host,
    pid: child.pid!,
    topicName,
    createTopic: async (id) => {
      const [topic] = await admin.createTopic(id);
      await topic.createSubscription(id);
      return topicName(id);
    },
    pull: (id, count, ms) => pull(admin, id, count, ms),
    async stop() {
      await admin.close();
      child.kill('SIGKILL');
      await exited;
    },
  };
}

const topicName = (id: string) => `projects/${project}/topics/${id}`;

/** It says Ok on the port that it also speaks gRPC on. */
const answers = (host: string) =>
  fetch(`http://${host}/`, { signal: AbortSignal.timeout(1_000) }).then(
    ({ ok }) => ok,
    () => false,
  );

async function pull(admin: PubSub, id: string, count: number, ms = 5_000): Promise<Pulled[]> {
  const pulled: Pulled[] = [];
  const subscription = admin.subscription(id);
  const failed = Promise.withResolvers<never>();
  const enough = Promise.withResolvers<void>();
  subscription.on('error', failed.reject).on('message', (message) => {
    message.ack();
    pulled.push({ data: message.data.toString(), attributes: message.attributes });
    if (pulled.length >= count) enough.resolve();
  });
  try {
    await Promise.race([enough.promise, failed.promise, sleep(ms)]);
  } finally {
    await subscription.close();
  }
  return pulled;
}
