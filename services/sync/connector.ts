import type { Log } from '../runtime/log.ts';
import type { WritableSecret } from '../runtime/writableSecret.ts';

/** What a connector needs to fetch a network's report; it knows nothing of manifests, the ledger or the bus. */
export interface ConnectorContext {
  /** Which sales: changed or made from here on, as the network's report asks. */
  since: Date;
  /** Up to here, exclusive. */
  until: Date;
  /** The newest live value of one of the connector's secrets. Rejects, naming the secret and the command that fills it, where there is none. */
  secret: (name: string) => Promise<string>;
  /**
   * Opens a secret that the connector may write: those under `writes` in services/manifest/connectors.ts. Read afresh each time, since
   * others write it too. Whoever gave it closes it.
   */
  writable: (name: string) => WritableSecret;
  /** What the manifest's report block says beside: the host of a country, a time zone. */
  settings: Readonly<Record<string, string>>;
  log: Log;
  /** Aborted when the run is to stop. */
  signal?: AbortSignal;
  /** Milliseconds since 1970, as `Date.now`, which it is if nothing is said. */
  clock?: () => number;
  /** Waits so many milliseconds, or until the signal is aborted; by a timer if nothing is said. */
  wait?: (ms: number) => Promise<unknown>;
}

/**
 * Yields each page of the report as the network sent it: JSON text, untouched, so that numbers keep their digits. The manifest says where
 * values are in it. Throws what says what to do: see errors of services/sync/http.ts.
 */
export type Connector = (context: ConnectorContext) => AsyncIterable<string>;
