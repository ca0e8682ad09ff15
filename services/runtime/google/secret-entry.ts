import type { MissingSecret, SecretName } from '../secrets.ts';
import { codeOf, codes, type SecretClient } from './secret-client.ts';
import { readLive } from './secret-versions.ts';
import { inTime } from './wait.ts';

/** What we know of a secret. */
export interface Entry extends SecretName {
  /** The live values, newest first. */
  values: readonly string[];
  /** The numbers of their versions, which may be logged. */
  versions: readonly number[];
  /** The newest version that we know to exist. */
  top: number;
  /** Why the last reading gave nothing. */
  trouble?: string | undefined;
}

export const newEntry = ({ partner, name }: SecretName): Entry => ({
  partner,
  name,
  values: [],
  versions: [],
  top: 0,
  trouble: 'not read yet',
});

/** The secret's id in Secret Manager. */
export const secretId = ({ partner, name }: SecretName) => `linkshare-${partner}-${name}`;

/** Milliseconds for all calls about one secret, and for each of them. */
export interface ReadTimes {
  secret: number;
  call: number;
}

/** Reads a secret into its entry. Resolves to whether its live values are others now; never rejects. */
export async function readEntry(
  entry: Entry,
  client: SecretClient,
  projectId: string,
  times: ReadTimes,
): Promise<boolean> {
  const prefix = `projects/${projectId}/secrets/${secretId(entry)}/versions/`;
  try {
    await client.open();
    const call = inTime(times.secret, times.call);
    const read = (version: string) => call((ms) => client.access(prefix + version, ms));
    const { top, live } = await readLive(read, entry.top);
    entry.top = top;
    entry.trouble = live.length > 0 ? undefined : 'has no version that is enabled and holds a text';
    return take(entry, live);
  } catch (error) {
    entry.trouble = troubleOf(error);
    return false;
  }
}

function take(entry: Entry, live: { number: number; value: string }[]): boolean {
  const same = live.length === entry.values.length && live.every(({ value }, i) => value === entry.values[i]);
  entry.versions = live.map(({ number }) => number);
  if (!same) entry.values = live.map(({ value }) => value);
  return !same;
}

/** Google says the same of a secret that does not exist and of one that we may not read. */
function troubleOf(error: unknown): string {
  if (codeOf(error) === codes.PERMISSION_DENIED)
    return `does not exist, or this service lacks roles/secretmanager.secretAccessor on it (${String(error)})`;
  return `could not be read: ${String(error)}`;
}

export const isMissing = ({ values }: Entry) => values.length === 0;

export const missingOf = (entry: Entry): MissingSecret => ({
  partner: entry.partner,
  name: entry.name,
  missing:
    `${secretId(entry)}: ${entry.trouble}. ` +
    `Fill it: printf %s "$VALUE" | gcloud secrets versions add ${secretId(entry)} --data-file=-`,
});
