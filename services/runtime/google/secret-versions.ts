import { crc32c } from './crc32c.ts';
import { codeOf, codes, type SecretPayload } from './secret-client.ts';

/** How far below the newest version we look for live ones. */
const stepsDown = 5;

/** Two are live during a rotation: the one that was added, and the one that the partner may still use. */
const most = 2;

export interface LiveVersions {
  /** The newest version's number, live or not; 0 where there is none. */
  top: number;
  /** Newest first. */
  live: { number: number; value: string }[];
}

/** Reads the version of this number, or `latest`. */
export type ReadVersion = (version: string) => Promise<SecretPayload>;

/**
 * Finds a secret's live versions with the right to `access` alone. `latest` is the version created last, enabled or not
 * (https://cloud.google.com/secret-manager/docs/access-secret-version); numbers go up by one and none is used again. `known` is a number
 * that exists, if one is known. Rejects when Secret Manager does not say what is so.
 */
export async function readLive(read: ReadVersion, known: number): Promise<LiveVersions> {
  const latest = await look(read, 'latest');
  if (latest.is === 'absent') return { top: 0, live: [] };
  const top = latest.number ?? (await findTop(read, known));
  const live = latest.is === 'live' ? [latest] : [];
  for (let number = top - 1; number > 0 && number >= top - stepsDown && live.length < most; number--) {
    const version = await look(read, String(number));
    if (version.is === 'live') live.push(version);
  }
  return { top, live: live.map(({ number, value }) => ({ number, value })) };
}

type Found =
  | { is: 'live'; number: number; value: string }
  /** Disabled, destroyed, or nothing that could be a secret. */
  | { is: 'dead'; number?: number }
  | { is: 'absent' };

async function look(read: ReadVersion, version: string): Promise<Found> {
  try {
    return open(await read(version));
  } catch (error) {
    if (codeOf(error) === codes.FAILED_PRECONDITION) return { is: 'dead' };
    if (codeOf(error) === codes.NOT_FOUND) return { is: 'absent' };
    throw error;
  }
}

function open({ name, data, crc32c: sum }: SecretPayload): Found {
  const number = Number(/\/versions\/(\d+)$/.exec(name)?.[1]);
  if (!number) throw new Error(`Secret Manager answered with a version named "${name}"`);
  // Spoilt on its way here: what we have stays, and we ask again.
  if (sum !== undefined && sum !== crc32c(data))
    throw new Error(`the payload of ${name} does not fit its CRC32C`);
  const value = textOf(data);
  return value ? { is: 'live', number, value } : { is: 'dead', number };
}

/** A newline at the end is no part of a secret (`echo` adds one). Nothing else may be changed, so what is not text is no secret. */
function textOf(data: Uint8Array): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(data).replace(/\r?\n$/, '');
  } catch {
    return undefined;
  }
}

/**
 * The newest version's number when `latest` is disabled, which Google answers with an error that does not hold it. Doubles upwards from
 * a number that exists until one does not, then halves the gap: some 2·log2(n) calls.
 */
async function findTop(read: ReadVersion, known: number): Promise<number> {
  const exists = async (number: number) => (await look(read, String(number))).is !== 'absent';
  let low = known;
  let step = 1;
  for (; await exists(low + step); step *= 2) {
    low += step;
    if (step > 1e6) throw new Error(`no end of versions at ${low}`);
  }
  let high = low + step;
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (await exists(middle)) low = middle;
    else high = middle;
  }
  return low;
}
