import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { SecretCalls } from './secret-calls.ts';

/** The annotation in which it stands who may work alone, and until when. Google made annotations for a tool's own state. */
export const leaseKey = 'linkshare-lease';

/** All in milliseconds. */
const defaults = {
  /** Longer than the work: reading, one request of 20 s to a network, and writing, which is tried for 30 s. */
  lease: 90_000,
  /** How far apart the clocks of two machines may be. */
  skew: 30_000,
  /** Long enough to outlast the lease of who died holding it. */
  patience: 150_000,
};

export interface LeaseOptions {
  times?: Partial<typeof defaults> | undefined;
  /** Milliseconds since 1970. */
  clock?: (() => number) | undefined;
}

/**
 * Takes the lease of a secret, waiting for who has it. Secret Manager has no locks, but of two who change a secret at the same etag one
 * succeeds. Who dies holding it blocks the others until it runs out. Resolves to how to give it back.
 */
export async function takeLease(
  secret: Pick<SecretCalls, 'get' | 'annotate'>,
  { times, clock = Date.now }: LeaseOptions = {},
): Promise<() => Promise<void>> {
  const { lease, skew, patience } = { ...defaults, ...times };
  const holder = randomUUID();
  const giveUp = performance.now() + patience;
  for (;;) {
    const { etag, annotations } = await secret.get();
    const held = readLease(annotations[leaseKey]);
    // Ours already: the answer to our own change was lost on its way, and we asked again.
    if (held?.holder === holder) break;
    const mine = `${new Date(clock() + lease).toISOString()} ${holder}`;
    if (isOver(held, clock() - skew) && (await secret.annotate({ ...annotations, [leaseKey]: mine }, etag)))
      break;
    if (performance.now() > giveUp) throw stillHeld(held);
    await sleep(200 + Math.random() * 400);
  }
  return () => giveBack(secret, holder);
}

interface Lease {
  until: number;
  holder: string;
}

function readLease(text: string | undefined): Lease | undefined {
  const [until = '', holder = ''] = text?.split(' ') ?? [];
  const time = Date.parse(until);
  return Number.isNaN(time) ? undefined : { until: time, holder };
}

const isOver = (lease: Lease | undefined, now: number) => lease === undefined || lease.until < now;

const stillHeld = (lease: Lease | undefined) =>
  new Error(
    lease
      ? `another process is writing this secret until ${new Date(lease.until).toISOString()}: try again then. If that is far off, its clock or ours is wrong`
      : 'others keep changing this secret: try again later',
  );

/** Who lost it in the meantime leaves it to who has it now. */
async function giveBack(secret: Pick<SecretCalls, 'get' | 'annotate'>, holder: string): Promise<void> {
  for (;;) {
    const { etag, annotations } = await secret.get();
    if (readLease(annotations[leaseKey])?.holder !== holder) return;
    const { [leaseKey]: _mine, ...others } = annotations;
    if (await secret.annotate(others, etag)) return;
  }
}
