import { randomBytes } from 'node:crypto';
import { existsSync, linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fixedSecrets, type SecretName, type Secrets } from '../secrets.ts';

/** Where a secret of a local run lies. The one before it, if it still counts, lies beside it as `NAME.previous`. */
export const secretFile = (dataDir: string, partner: string, name: string) =>
  join(dataDir, 'secrets', partner, name);

/** Opens the secrets of a local run, and makes those that are not there yet. Throws where a file is empty. */
export function openSecrets(dataDir: string, wanted: readonly SecretName[]): Secrets {
  const live = new Map<string, readonly string[]>();
  for (const { partner, name } of wanted) {
    const file = secretFile(dataDir, partner, name);
    if (!existsSync(file)) makeSecret(file);
    const previous = existsSync(`${file}.previous`) ? [readSecret(`${file}.previous`)] : [];
    live.set(`${partner}/${name}`, [readSecret(file), ...previous]);
  }
  return fixedSecrets((partner, name) => {
    const values = live.get(`${partner}/${name}`);
    if (!values) throw new Error(`the secret ${name} of ${partner} was not asked for`);
    return values;
  });
}

/**
 * 256 random bits that need no escaping in a URL. Written whole under another name, then linked: whoever makes the same one at the
 * same moment reads a secret and never an empty file, and none is ever overwritten.
 */
function makeSecret(file: string): void {
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  const draft = `${file}.${randomBytes(8).toString('hex')}`;
  try {
    writeFileSync(draft, randomBytes(32).toString('base64url'), { flag: 'wx', mode: 0o600, flush: true });
    linkSync(draft, file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  } finally {
    rmSync(draft, { force: true });
  }
}

/** An editor's newline at the end is no part of a secret. */
function readSecret(file: string): string {
  const secret = readFileSync(file, 'utf8').replace(/\r?\n$/, '');
  if (secret === '')
    throw new Error(`${file} is empty: put the secret into it, or delete it and a new one is made`);
  return secret;
}
