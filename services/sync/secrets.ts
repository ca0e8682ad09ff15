import { fileSecret } from '../runtime/embedded/writableSecret.ts';
import { secretFile } from '../runtime/embedded/secrets.ts';
import { secretId } from '../runtime/google/secrets.ts';
import { openWritableSecret } from '../runtime/google/writable-secret.ts';
import type { Log } from '../runtime/log.ts';
import type { WritableSecret } from '../runtime/writableSecret.ts';

/** Where a network's keys to its API are. Nobody can make them up: they come from its console. */
export interface SecretSource {
  /** The newest value. Rejects, with what to do, where there is none. */
  read(partner: string, name: string): Promise<string>;
  /** One that its connector may write. Whoever gets it closes it. */
  writable(partner: string, name: string): WritableSecret;
}

/** Files of the data folder, as a local run has them. */
export const folderSecrets = (dataDir: string): SecretSource =>
  from((partner, name) => {
    const file = secretFile(dataDir, partner, name);
    return { secret: fileSecret(file), fill: `put it into the file ${file}` };
  });

/** Google's Secret Manager. `host` is for tests alone. */
export const managedSecrets = (project: string, log: Log, host?: string): SecretSource =>
  from((partner, name) => {
    const id = secretId({ partner, name });
    const secret = openWritableSecret({ name: `projects/${project}/secrets/${id}`, log, host });
    return { secret, fill: `printf %s VALUE | gcloud secrets versions add ${id} --project=${project} --data-file=-` }; // prettier-ignore
  });

type Place = (partner: string, name: string) => { secret: WritableSecret; fill: string };

const from = (place: Place): SecretSource => ({
  writable: (partner, name) => place(partner, name).secret,
  async read(partner, name) {
    const { secret, fill } = place(partner, name);
    try {
      const value = (await secret.read())?.replace(/\r?\n$/, '');
      if (value) return value;
    } finally {
      await secret.close();
    }
    throw new Error(`the secret ${name} of ${partner} has no value: copy it from their console, and ${fill}`);
  },
});
