import { setTimeout as sleep } from 'node:timers/promises';
import { crc32c } from './crc32c.ts';
import { codeOf, codes } from './secret-client.ts';
import { loadGoogleClient } from './secret-client-google.ts';

export interface Secret {
  /** Changes whenever the secret (not a version of it) is changed: https://cloud.google.com/secret-manager/docs/etags */
  etag: string;
  annotations: Record<string, string>;
}

/** What we ask of Secret Manager about one secret that we also write. Every call is tried again for half a minute. */
export interface SecretCalls {
  /** Which of these rights we have on it. None where the secret does not exist. */
  granted(permissions: readonly string[]): Promise<string[]>;
  get(): Promise<Secret>;
  /** Sets all its annotations. Resolves to false where it is no longer as it was at this etag. */
  annotate(annotations: Record<string, string>, etag: string): Promise<boolean>;
  /** Adds a version. Resolves to its number. */
  add(value: string): Promise<number>;
  /** The versions added last, newest first. */
  versions(): Promise<{ number: number; state: string }[]>;
  /** What a version holds. */
  access(version: number | 'latest'): Promise<string>;
  destroy(version: number): Promise<void>;
  close(): Promise<void>;
}

/** Milliseconds for one call, and for all attempts at it. */
const times = { call: 10_000, all: 30_000 };

/** `name`: projects/P/secrets/S. `host` (host:port, without TLS or account) is for tests alone. */
export async function openSecretCalls(name: string, host?: string): Promise<SecretCalls> {
  const client = loadGoogleClient({ host });
  // Without an account its calls would throw past their caller: so it comes first.
  await client.initialize();
  const once = { timeout: times.call, retry: { retryCodes: [] } };
  const version = (which: number | 'latest') => `${name}/versions/${which}`;
  return {
    granted: (permissions) =>
      persist(async () => {
        const asked = { resource: name, permissions: [...permissions] };
        const [answer] = await client.testIamPermissions(asked, once);
        return answer.permissions ?? [];
      }),
    get: () =>
      persist(async () => {
        const [{ etag, annotations }] = await client.getSecret({ name }, once);
        return { etag: etag ?? '', annotations: annotations ?? {} };
      }),
    annotate: (annotations, etag) =>
      persist(async () => {
        const secret = { name, etag, annotations };
        await client.updateSecret({ secret, updateMask: { paths: ['annotations'] } }, once);
        return true;
      }).catch(falseIfChanged),
    add: (value) =>
      persist(async () => {
        const data = Buffer.from(value);
        const payload = { data, dataCrc32c: crc32c(data) };
        const [added] = await client.addSecretVersion({ parent: name, payload }, once);
        return numberOf(added.name);
      }),
    versions: () =>
      persist(async () => {
        const page = { parent: name, pageSize: 25 };
        const [versions] = await client.listSecretVersions(page, { ...once, autoPaginate: false });
        return versions.map((each) => ({ number: numberOf(each.name), state: String(each.state) }));
      }),
    access: (which) =>
      persist(async () => {
        const [{ payload }] = await client.accessSecretVersion({ name: version(which) }, once);
        const data = Buffer.from(payload?.data ?? '');
        const sum = payload?.dataCrc32c;
        if (sum !== undefined && sum !== null && Number(String(sum)) !== crc32c(data))
          throw new Error(`the payload of ${version(which)} does not fit its CRC32C`);
        return data.toString('utf8');
      }),
    destroy: (which) =>
      persist(async () => void (await client.destroySecretVersion({ name: version(which) }, once))),
    close: () => client.close(),
  };
}

const numberOf = (name: string | null | undefined) => Number(/\/versions\/(\d+)$/.exec(name ?? '')?.[1]);

/** Google answers a stale etag with FAILED_PRECONDITION; ABORTED is what it calls other collisions. */
function falseIfChanged(error: unknown): false {
  if (codeOf(error) === codes.FAILED_PRECONDITION || codeOf(error) === codes.ABORTED) return false;
  throw error;
}

const passing: readonly unknown[] = [codes.UNAVAILABLE, codes.DEADLINE_EXCEEDED, codes.INTERNAL];

/** A refresh token counts once: what it brought must not be lost to a moment's trouble. */
async function persist<T>(call: () => Promise<T>): Promise<T> {
  const until = performance.now() + times.all;
  for (let pause = 250; ; pause *= 2)
    try {
      return await call();
    } catch (error) {
      if (!passing.includes(codeOf(error)) || performance.now() + pause > until) throw error;
      await sleep(pause * (0.5 + Math.random() / 2));
    }
}
