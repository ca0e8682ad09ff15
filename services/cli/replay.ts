import { z } from 'zod';
import { createReplay, inParts, type Replayed } from '../gateway/replay.ts';
import { keysOf, secretsOf } from '../manifest/compile.ts';
import { loadPartners } from '../manifest/load/load.ts';
import { readEnvironment, text, type Config } from '../runtime/config.ts';
import { createTableBus } from '../runtime/embedded/bus.ts';
import { openSecrets } from '../runtime/embedded/secrets.ts';
import { openSecretClient } from '../runtime/google/secret-open.ts';
import { createSecretManager } from '../runtime/google/secrets.ts';
import type { LogEntry } from '../runtime/google/split.ts';
import { openKeys } from '../runtime/keys.ts';
import { createLog } from '../runtime/log.ts';
import { openPubSubBus, pubSubSettings } from '../runtime/pubsub/settings.ts';
import { inFolder } from './folder.ts';
import { readJournal } from './journal.ts';

/**
 * `linkshare replay --journal FILE`: what could not be kept when it came, is kept now. Prints a line for each and the sums. Rejects, after
 * all else was replayed, if anything could not be.
 */
export async function replayJournal(
  file: string,
  openTarget: (named: Set<string>) => Promise<Target>,
): Promise<void> {
  const { lines, incomplete, unreadable } = await readJournal(file);
  if (unreadable > 0) console.error(`${unreadable} lines are no JSON and were passed over`);
  const results: Replayed[] = [];
  if (lines.length > 0) {
    const { replay, close } = await openTarget(namedIn(lines));
    try {
      for (const part of inParts(lines)) results.push(...(await replay(part)));
    } finally {
      await close();
    }
  }
  for (const { receivedAt, partner, outcome, ids, why } of results)
    console.log([receivedAt, partner, outcome, ...ids, why].filter((each) => each !== undefined).join(' '));
  console.error(sums(results));
  const failed = results.filter(({ outcome }) => outcome === 'failed').length;
  const parts = incomplete.length > 0 ? `; ${incomplete.length} parts of lines lack the others` : '';
  if (failed > 0 || parts) throw new Error(`${failed} requests could not be replayed${parts}`);
}

function sums(results: readonly Replayed[]): string {
  const counts = Object.groupBy(results, ({ outcome }) => outcome);
  const each = Object.entries(counts).map(([outcome, some]) => `${some.length} ${outcome}`);
  return `${results.length} requests in the journal${each.length > 0 ? `: ${each.join(', ')}` : ''}`;
}

/** The partners whose requests these are: some still have to prove themselves, or are sealed, so their secrets and keys are needed. */
const namedIn = (lines: readonly LogEntry[]) => new Set(lines.map(({ partner }) => String(partner)));

/** Where replayed requests are kept. */
export interface Target {
  replay: (lines: readonly unknown[]) => Promise<Replayed[]>;
  close: () => Promise<void>;
}

/** The data folder of a local run, whether a server runs on it or not. */
export async function openFolder(
  { dataDir, partnersDir }: Config,
  named: ReadonlySet<string>,
): Promise<Target> {
  const partners = loadPartners(partnersDir).filter(({ id }) => named.has(id));
  const own = openSecrets(dataDir, secretsOf(partners));
  const secrets = await openKeys(own, { wanted: keysOf(partners), log: toStderr() });
  const replay = (lines: readonly unknown[]) =>
    inFolder(dataDir, {
      ask: async (ask) => (await ask('/replay', lines)) as Replayed[] | undefined,
      open: (db) => createReplay({ partners, bus: createTableBus(db), secrets })(lines),
    });
  return { replay, close: () => Promise.resolve() };
}

/** The topics of a project, with the secrets that its Secret Manager has. */
export async function openProject(
  { partnersDir }: Config,
  env: NodeJS.ProcessEnv,
  named: ReadonlySet<string>,
): Promise<Target> {
  const partners = loadPartners(partnersDir).filter(({ id }) => named.has(id));
  const config = readEnvironment(projectSettings, env);
  const client = await openSecretClient('grpc', { host: config.SECRET_MANAGER_HOST });
  const projectId = config.GOOGLE_CLOUD_PROJECT;
  const manager = createSecretManager({ client, projectId, secrets: secretsOf(partners), log: toStderr() });
  const bus = await openPubSubBus(config);
  await manager.load();
  const secrets = await openKeys(manager, { wanted: keysOf(partners), log: toStderr() });
  const close = async () => {
    await bus.close();
    await manager.close();
  };
  return { replay: createReplay({ partners, bus, secrets }), close };
}

const toStderr = () => createLog({ pretty: true, stream: process.stderr });

const projectSettings = z.object({ ...pubSubSettings, SECRET_MANAGER_HOST: text.optional() });
