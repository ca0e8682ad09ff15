import type { Log } from '../log.ts';
import type { WritableSecret } from '../writableSecret.ts';
import { openSecretCalls, type SecretCalls } from './secret-calls.ts';
import { codeOf, codes } from './secret-client.ts';
import { takeLease, type LeaseOptions } from './secret-lease.ts';

export interface WritableSecretOptions extends LeaseOptions {
  /** projects/P/secrets/S */
  name: string;
  log: Pick<Log, 'warn'>;
  /** host:port, without TLS or account: for tests alone. */
  host?: string | undefined;
}

/** The rights without which nothing may be begun: what came of the work could not be kept. */
const needed = [
  'secretmanager.versions.access',
  'secretmanager.versions.add',
  'secretmanager.secrets.get',
  'secretmanager.secrets.update',
];

/** How many versions stay: the newest, and the one before it, should somebody want to look. Google bills each that is not destroyed. */
const kept = 2;

/** A secret in Google's Secret Manager that this program writes too. Nothing is called before it is used. */
export function openWritableSecret({ name, log, host, ...lease }: WritableSecretOptions): WritableSecret {
  let opened: Promise<SecretCalls> | undefined;
  const calls = () => (opened ??= openSecretCalls(name, host));
  let allowed = false;

  async function checkRights(secret: SecretCalls): Promise<void> {
    if (allowed) return;
    const granted = await secret.granted(needed);
    const missing = needed.filter((each) => !granted.includes(each));
    if (missing.length > 0) throw new Error(lacking(name, missing));
    allowed = true;
  }

  return {
    where: name,
    read: async () => readNewest(await calls(), name),
    async write(value) {
      const secret = await calls();
      const number = await secret.add(value);
      await clear(secret, number).catch((error: unknown) =>
        log.warn('old versions of a secret are not destroyed', { secret: name, why: String(error) }),
      );
    },
    async alone(work) {
      const secret = await calls();
      await checkRights(secret);
      const giveBack = await takeLease(secret, lease);
      try {
        return await work();
      } finally {
        await giveBack().catch((error: unknown) =>
          log.warn('a lease was not given back; it runs out by itself', { secret: name, why: String(error) }),
        );
      }
    },
    close: async () => (await opened?.catch(() => undefined))?.close(),
  };
}

/** `latest` is the version added last, whatever its state; where a person has disabled it, the newest that is enabled counts. */
async function readNewest(secret: SecretCalls, name: string): Promise<string | undefined> {
  try {
    return await secret.access('latest');
  } catch (error) {
    if (codeOf(error) === codes.NOT_FOUND) return undefined;
    if (codeOf(error) === codes.PERMISSION_DENIED)
      throw new Error(lacking(name, ['secretmanager.versions.access']), { cause: error });
    if (codeOf(error) !== codes.FAILED_PRECONDITION) throw error;
  }
  const newest = (await secret.versions()).find(({ state }) => state === 'ENABLED');
  return newest && secret.access(newest.number);
}

async function clear(secret: SecretCalls, newest: number): Promise<void> {
  const old = (await secret.versions()).filter(({ number }) => number <= newest - kept);
  for (const { number } of old.filter(({ state }) => state !== 'DESTROYED')) await secret.destroy(number);
}

/** Google says the same of a secret that does not exist and of one on which we may do nothing. */
const lacking = (name: string, permissions: readonly string[]) =>
  `${name} does not exist, or this account lacks ${permissions.join(', ')} on it. ` +
  `Make it: gcloud secrets create ${name.split('/').at(-1)} --project ${name.split('/')[1]} --replication-policy=automatic`;
