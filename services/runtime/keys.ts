import type { Log } from './log.ts';
import type { MissingSecret, Secrets } from './secrets.ts';
import { settledWithin } from './within.ts';

/** Where a partner publishes its public keys, and whether a text that came from there holds some. */
export interface WantedKeys {
  partner: string;
  url: string;
  fits: (text: string) => boolean;
}

/** Public keys, asked for as secrets are: by their address. */
export interface Keys extends Secrets {
  /** Fetches all for the first time. Resolves when they are there, or cannot be had now; never rejects. */
  load(): Promise<void>;
}

interface Options {
  wanted: readonly WantedKeys[];
  log: Log;
  /** Resolves with what stands at an address; rejects if it cannot be had. */
  fetchText?: (url: string) => Promise<string>;
  /** Milliseconds that never go back. */
  clock?: () => number;
}

/** All in milliseconds. */
const times = {
  /** Between two tries for one address, whatever they are for: strangers' requests must not make us call anyone more often. */
  between: 60_000,
  /** Then keys are fetched again. Google asks for a day at most: https://developers.google.com/admob/android/ssv */
  maxAge: 3_600_000,
  /** What a start, and a request, wait at most; the fetching goes on. */
  start: 3_000,
  request: 2_000,
};

/** The client is loaded only where there are keys to fetch. */
const byHttps = async (url: string) => (await import('./fetch-text.ts')).fetchText(url);

interface Entry extends WantedKeys {
  text?: string;
  trouble: string;
  fetched: number;
  tried: number;
  running?: Promise<void> | undefined;
}

/**
 * Public keys from the addresses that manifests name. They are fetched at the start and then with requests, never by a timer: Cloud Run
 * gives no CPU between requests. The last good ones stay live while their address cannot be reached or shows something else.
 */
export function createKeys({
  wanted,
  log,
  fetchText = byHttps,
  clock = () => performance.now(),
}: Options): Keys {
  const entries = wanted.map((one): Entry => ({ ...one, trouble: 'not fetched yet', fetched: -Infinity, tried: -Infinity })); // prettier-ignore
  const of = (partner?: string) =>
    entries.filter((entry) => partner === undefined || entry.partner === partner);
  let changes = 0;

  async function fetchOne(entry: Entry): Promise<void> {
    const { partner, url } = entry;
    entry.tried = clock();
    try {
      const text = await fetchText(url);
      if (!entry.fits(text)) throw new Error('there is no key there that fits');
      if (text !== entry.text) changes++;
      if (text !== entry.text) log.info('public keys fetched', { partner, url });
      entry.text = text;
      entry.fetched = clock();
    } catch (error) {
      entry.trouble = String(error);
      if (entry.text === undefined) log.error('public keys missing', { partner, url, why: entry.trouble });
      else log.warn('public keys not fetched again; the last ones stay live', { partner, url, why: entry.trouble }); // prettier-ignore
    }
  }

  /** Fetches what may be tried again. Undefined if nothing may, and nothing is under way. */
  function fetchAgain(which: Entry[]): Promise<void> | undefined {
    for (const entry of which)
      if (!entry.running && clock() - entry.tried >= times.between)
        entry.running = fetchOne(entry).finally(() => (entry.running = undefined));
    const running = which.flatMap((entry) => entry.running ?? []);
    return running.length > 0 ? Promise.all(running).then(() => undefined) : undefined;
  }

  function live(partner: string, url: string): readonly string[] {
    const text = of(partner).find((entry) => entry.url === url)?.text;
    // Not []: who verifies against no key refuses what may be a sale.
    if (text === undefined) throw new Error(`the public keys of ${partner} at ${url} are missing`);
    return [text];
  }

  return {
    live,
    loaded: () => [],
    load: () => settledWithin(times.start, fetchAgain(entries) ?? Promise.resolve()),
    refreshIfOld(partner) {
      const old = of(partner).filter(({ fetched }) => clock() - fetched >= times.maxAge);
      const run = old.length > 0 ? fetchAgain(old) : undefined;
      return run && old.some(isMissing) ? settledWithin(times.request, run) : undefined;
    },
    async refreshAfterFailure(partner) {
      const before = changes;
      // Only who begins a fetch waits for it: strangers could hold up all others.
      const run = fetchAgain(of(partner).filter(({ running }) => !running));
      if (run) await settledWithin(times.request, run);
      return changes !== before;
    },
    state: () => entries.filter(isMissing).map(({ partner, url, trouble }): MissingSecret => ({ partner, name: url, missing: `${url}: ${trouble}` })), // prettier-ignore
  };
}

const isMissing = ({ text }: Entry) => text === undefined;

/** Secrets with the public keys that partners publish, fetched for the first time. */
export async function openKeys(secrets: Secrets, options: Options): Promise<Secrets> {
  if (options.wanted.length === 0) return secrets;
  const keys = createKeys(options);
  await keys.load();
  return withKeys(secrets, keys);
}

/** Secrets and keys as one: an address is asked of the keys, a name of the secrets. */
export function withKeys(secrets: Secrets, keys: Secrets): Secrets {
  const which = (name: string) => (name.startsWith('https://') ? keys : secrets);
  return {
    live: (partner, name) => which(name).live(partner, name),
    loaded: (partner, name) => which(name).loaded(partner, name),
    refreshIfOld(partner) {
      const [a, b] = [secrets.refreshIfOld(partner), keys.refreshIfOld(partner)];
      return a || b ? Promise.all([a, b]).then(() => undefined) : undefined;
    },
    async refreshAfterFailure(partner) {
      const changed = await Promise.all([
        secrets.refreshAfterFailure(partner),
        keys.refreshAfterFailure(partner),
      ]);
      return changed.includes(true);
    },
    state: () => [...secrets.state(), ...keys.state()],
  };
}
