import type { Log } from '../log.ts';
import type { SecretName, Secrets } from '../secrets.ts';
import type { SecretClient } from './secret-client.ts';
import { isMissing, missingOf, newEntry, readEntry, type Entry } from './secret-entry.ts';
import { settledWithin } from '../within.ts';

export { secretId } from './secret-entry.ts';

export interface SecretManager extends Secrets {
  /** Reads all secrets for the first time. Resolves when they are there, or cannot be had now; never rejects. */
  load(): Promise<void>;
  close(): Promise<void>;
}

interface Options {
  client: SecretClient;
  projectId: string;
  secrets: readonly SecretName[];
  log: Log;
  /** Milliseconds that never go back. */
  clock?: () => number;
  maxAgeMs?: number;
  times?: Partial<typeof defaults>;
}

/** All in milliseconds. */
const defaults = {
  /** For one call. */
  call: 2_000,
  /** For all calls about one secret. */
  secret: 10_000,
  /** What a start waits at most; the reading goes on. */
  start: 3_000,
  /** What a request waits at most. */
  request: 2_000,
  afterFailure: 30_000,
  firstRetry: 1_000,
  lastRetry: 60_000,
  sayAgain: 60_000,
};

/**
 * Secrets from Google's Secret Manager. They are read at the start and then with requests, never by a timer: Cloud Run gives no CPU
 * between requests (https://cloud.google.com/run/docs/configuring/billing-settings). What was loaded stays live while Secret Manager is
 * away; a version that it says is disabled is dead with the next reading.
 */
export function createSecretManager(options: Options): SecretManager {
  const { client, projectId, log, clock = () => performance.now(), maxAgeMs = 300_000 } = options;
  const times = { ...defaults, ...options.times };
  const entries = options.secrets.map(newEntry);
  const byName = new Map(entries.map((entry) => [`${entry.partner}/${entry.name}`, entry]));
  let running: Promise<void> | undefined;
  let nextTry = -Infinity;
  let failures = 0;
  let changes = 0;
  let lastFailure = -Infinity;
  let lastSaid = -Infinity;

  const refresh = () => (running ??= readAll().finally(() => (running = undefined)));

  async function readAll(): Promise<void> {
    const started = clock();
    await Promise.all(entries.map(readOne));
    const troubled = entries.filter(({ trouble }) => trouble);
    if (troubled.length > 0) {
      nextTry = clock() + Math.min(times.lastRetry, times.firstRetry * 2 ** failures++);
      return say(troubled);
    }
    if (failures > 0) log.info('all secrets can be read again');
    failures = 0;
    nextTry = started + maxAgeMs;
  }

  async function readOne(entry: Entry): Promise<void> {
    if (!(await readEntry(entry, client, projectId, times))) return;
    changes++;
    const { partner, name: secret, versions } = entry;
    log.info('secret read', { partner, secret, versions });
  }

  /** At most once a minute, however many requests come. */
  function say(troubled: Entry[]): void {
    if (clock() - lastSaid < times.sayAgain) return;
    lastSaid = clock();
    for (const entry of troubled) {
      const { partner, name: secret, trouble: why } = entry;
      if (isMissing(entry))
        log.error('secret missing', { partner, secret, missing: missingOf(entry).missing });
      else log.warn('secret not read again; its last values stay live', { partner, secret, why });
    }
  }

  function find(partner: string, name: string): Entry {
    const entry = byName.get(`${partner}/${name}`);
    if (!entry) throw new Error(`the secret ${name} of ${partner} was not asked for`);
    return entry;
  }

  return {
    live(partner, name) {
      const { values } = find(partner, name);
      // Not []: who verifies against no secret refuses what may be a sale.
      if (values.length === 0) throw new Error(`the secret ${name} of ${partner} is missing`);
      return values;
    },
    loaded: (partner, name) => find(partner, name).values,
    load: () => settledWithin(times.start, refresh()),
    refreshIfOld() {
      if (!running && clock() < nextTry) return undefined;
      const run = refresh();
      return entries.some(isMissing) ? settledWithin(times.request, run) : undefined;
    },
    async refreshAfterFailure() {
      if (clock() - lastFailure < times.afterFailure) return false;
      lastFailure = clock();
      const before = changes;
      // A reading under way may have begun before the secret was changed: it does not count.
      await settledWithin(times.request, Promise.resolve(running).then(refresh));
      return changes !== before;
    },
    state: () => entries.filter(isMissing).map(missingOf),
    close: () => client.close(),
  };
}
