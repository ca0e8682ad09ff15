import { within } from '../within.ts';

/** What a version of a secret holds. */
export interface SecretPayload {
  /** The version's resource name, with its number also where `latest` was asked for: projects/123/secrets/x/versions/7. */
  name: string;
  data: Uint8Array;
  crc32c?: number;
}

/** The one right we have: to read a version whose name we know. Nothing here can list. */
export interface SecretClient {
  /** Loads what the calls need; they do it too, but on a busy machine it takes longer than a call may. Rejects after 10 s. */
  open(): Promise<void>;
  /** Reads a version within `ms` milliseconds. Rejects with an error whose `code` is gRPC's: codes below. It does not try again. */
  access(name: string, ms: number): Promise<SecretPayload>;
  close(): Promise<void>;
}

/** https://grpc.io/docs/guides/status-codes/ */
export const codes = {
  DEADLINE_EXCEEDED: 4,
  NOT_FOUND: 5,
  PERMISSION_DENIED: 7,
  FAILED_PRECONDITION: 9,
  ABORTED: 10,
  INTERNAL: 13,
  UNAVAILABLE: 14,
} as const;

export const codeOf = (error: unknown) => (error as { code?: unknown } | undefined)?.code;

/** Where Google's answers, and how it is reached: `host` (host:port, without TLS or account) is for tests alone. */
export interface ClientOptions {
  host?: string | undefined;
}

/**
 * gRPC waits up to two minutes before it connects again; we are asked for a sale by then. In milliseconds:
 * https://grpc.github.io/grpc/core/group__grpc__arg__keys.html
 */
export const channelOptions = {
  'grpc.initial_reconnect_backoff_ms': 250,
  'grpc.max_reconnect_backoff_ms': 5_000,
  'grpc.service_config_disable_resolution': 1,
};

type Loaded = Omit<SecretClient, 'open'>;

/** For loading a client and finding the account; in milliseconds. */
const openMs = 10_000;

/**
 * Opens a client with the first call, since loading it is slow. After a call that got no answer the next one goes over a new
 * connection: one that the network forgot while Cloud Run gave us no CPU would stay silent for TCP's quarter of an hour.
 */
export function lazily(load: () => Promise<Loaded>): SecretClient {
  let opened: Promise<Loaded> | undefined;

  /** Why it could not be opened was told to who called; one that never opens is not waited for. */
  function drop(which: Promise<Loaded> | undefined): void {
    if (opened === which) opened = undefined;
    which?.then(
      (client) => client.close(),
      () => undefined,
    );
  }

  async function open(): Promise<{ current: Promise<Loaded>; client: Loaded }> {
    const current = (opened ??= load());
    try {
      return { current, client: await within(openMs, current, 'no answer') };
    } catch (error) {
      drop(current);
      throw error;
    }
  }

  return {
    open: async () => void (await open()),
    async access(name, ms) {
      const { current, client } = await open();
      try {
        return await client.access(name, ms);
      } catch (error) {
        if (codeOf(error) === codes.DEADLINE_EXCEEDED) drop(current);
        throw error;
      }
    },
    close: async () => drop(opened),
  };
}
