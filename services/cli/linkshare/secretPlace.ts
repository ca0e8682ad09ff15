import { fileSecret } from '../../runtime/embedded/writableSecret.ts';
import type { Log } from '../../runtime/log.ts';
import type { WritableSecret } from '../../runtime/writableSecret.ts';

/** How Secret Manager is reached: `host` (host:port, without TLS or account) is for tests alone. */
export interface SecretPlace {
  host: string | undefined;
}

const isInSecretManager = (text: string) => text.startsWith('projects/');

/** Opens a secret in Secret Manager (projects/P/secrets/S), or in a file. Throws where it is the name of neither. */
export async function openSecretAt(
  place: string,
  { host }: SecretPlace,
  log: Pick<Log, 'warn'>,
): Promise<WritableSecret> {
  if (!isInSecretManager(place)) return fileSecret(place);
  if (!/^projects\/[a-z0-9.:-]+\/secrets\/[\w-]{1,255}$/.test(place))
    throw new Error(`"${place}" is no secret's name: it is like projects/my-project/secrets/my-secret`);
  // Loaded late: it takes a quarter of a second.
  const { openWritableSecret } = await import('../../runtime/google/writable-secret.ts');
  return openWritableSecret({ name: place, host, log });
}

/** A value, or what the secret holds whose name in Secret Manager it is. Rejects where there is none. */
export async function valueOf(value: string, place: SecretPlace): Promise<string> {
  if (!isInSecretManager(value)) return value;
  const secret = await openSecretAt(value, place, { warn: () => undefined });
  try {
    const text = (await secret.read())?.replace(/\r?\n$/, '');
    if (text) return text;
  } finally {
    await secret.close();
  }
  throw new Error(
    `${value} has no version yet: printf %s "$VALUE" | gcloud secrets versions add ${value.split('/').at(-1)} --project ${value.split('/')[1]} --data-file=-`,
  );
}
