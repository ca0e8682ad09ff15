import { afterEach, describe, expect, it } from 'vitest';
import { leaseKey, takeLease } from '../../../services/runtime/google/secret-lease.ts';
import { openWritableSecret } from '../../../services/runtime/google/writable-secret.ts';
import { startFakeSecretManager, type FakeSecretManager } from '../../support/fake-secret-manager.ts';
import { writer } from '../../support/fake-secret-writes.ts';

const id = 'linkshare-x-tokens';
const name = `projects/p/secrets/${id}`;
const ended: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const end of ended.splice(0).reverse()) await end();
});

async function fakeSecret({ rights = writer } = {}): Promise<FakeSecretManager> {
  const fake = await startFakeSecretManager();
  ended.push(() => fake.stop());
  fake.create(id);
  fake.grant(...rights);
  return fake;
}

function open({ host }: FakeSecretManager, options: Partial<Parameters<typeof openWritableSecret>[0]> = {}) {
  const warnings: string[] = [];
  const log = { warn: (message: string) => void warnings.push(message) };
  const secret = openWritableSecret({ name, host, log, ...options });
  ended.push(() => secret.close());
  return { ...secret, warnings };
}

const working = (fake: FakeSecretManager) => fake.look(id).annotations;
const lease = (until: number) => ({ [leaseKey]: `${new Date(until).toISOString()} somebody`, mine: 'stays' });

describe('a secret that we write', () => {
  it('is read back, and old versions do not pile up', async () => {
    const fake = await fakeSecret();
    const secret = open(fake);
    expect(await secret.read()).toBeUndefined();
    for (const value of ['one', 'two', 'three', 'four']) await secret.write(value);
    expect(await secret.read()).toBe('four');
    expect(fake.look(id).versions).toEqual([
      { value: '', state: 'DESTROYED' },
      { value: '', state: 'DESTROYED' },
      { value: 'three', state: 'ENABLED' },
      { value: 'four', state: 'ENABLED' },
    ]);
    expect(secret.warnings).toEqual([]);
  });

  it('is the newest enabled version where a person has disabled the last', async () => {
    const fake = await fakeSecret();
    fake.add(id, 'one');
    fake.disable(id, fake.add(id, 'two'));
    expect(await open(fake).read()).toBe('one');
    fake.disable(id, 1);
    expect(await open(fake).read()).toBeUndefined();
  });

  it('is kept also where old versions may not be destroyed, which is said', async () => {
    const fake = await fakeSecret({ rights: writer.filter((right) => !right.endsWith('destroy')) });
    const secret = open(fake);
    for (const value of ['one', 'two', 'three']) await secret.write(value);
    expect(await secret.read()).toBe('three');
    expect(secret.warnings).toEqual(['old versions of a secret are not destroyed']);
  });

  it('is kept when Secret Manager is away for a moment', async () => {
    const fake = await fakeSecret();
    const secret = open(fake);
    await secret.write('one');
    fake.fail({ is: 'unavailable' }, `AddSecretVersion ${name}`);
    const written = secret.write('two');
    while (fake.calls.filter((call) => call.startsWith('Add')).length < 3)
      await new Promise((resolve) => setTimeout(resolve, 10));
    fake.fail(undefined);
    await written;
    expect(await secret.read()).toBe('two');
  });

  it.each(['secretmanager.versions.add', 'secretmanager.secrets.update'])(
    'begins nothing without the right to %s, and names it',
    async (right) => {
      const fake = await fakeSecret({ rights: writer.filter((each) => each !== right) });
      let begun = false;
      await expect(open(fake).alone(async () => (begun = true))).rejects.toThrow(
        `this account lacks ${right} on it`,
      );
      expect(begun).toBe(false);
    },
  );

  it('that does not exist is named with the command that makes it', async () => {
    const fake = await fakeSecret();
    const secret = open(fake, { name: 'projects/p/secrets/other' });
    expect(await secret.read()).toBeUndefined();
    await expect(secret.alone(async () => undefined)).rejects.toThrow(
      'gcloud secrets create other --project p --replication-policy=automatic',
    );
  });
});

describe('the lease', () => {
  it('lets one work at a time, and leaves nothing behind', async () => {
    const fake = await fakeSecret();
    const log: string[] = [];
    const work = (who: string) =>
      open(fake).alone(async () => {
        log.push(who);
        await new Promise((resolve) => setTimeout(resolve, 50));
        log.push(who);
      });
    await Promise.all(['a', 'b', 'c', 'd'].map(work));
    expect(log).toHaveLength(8);
    for (let i = 0; i < 8; i += 2) expect(log[i + 1]).toBe(log[i]);
    expect(working(fake)).toEqual({});
  });

  it('of who died holding it is taken when it has run out, and not before', async () => {
    const fake = await fakeSecret();
    const now = Date.now();
    const clock = { now };
    fake.annotate(id, lease(now + 60_000));
    let done = false;
    const work = open(fake, { clock: () => clock.now }).alone(async () => {
      done = true;
      expect(working(fake).mine).toBe('stays');
    });
    const polls = () => fake.calls.filter((call) => call.startsWith('GetSecret')).length;
    const polled = async (count: number) => {
      while (polls() < count) await new Promise((resolve) => setTimeout(resolve, 10));
    };
    await polled(2);
    // Over by our clock, but another machine's may be behind.
    clock.now = now + 61_000;
    await polled(4);
    expect(done).toBe(false);
    clock.now = now + 91_000;
    await work;
    expect(done).toBe(true);
    expect(working(fake)).toEqual({ mine: 'stays' });
  });

  it('that is held too long is said, with its end', async () => {
    const fake = await fakeSecret();
    fake.annotate(id, lease(Date.now() + 3_600_000));
    const secret = open(fake, { times: { patience: 100 } });
    await expect(secret.alone(async () => undefined)).rejects.toThrow(
      /another process is writing this secret until 20/,
    );
  });

  it('is given back when the work fails, and left alone when another has it by then', async () => {
    const fake = await fakeSecret();
    await expect(open(fake).alone(() => Promise.reject(new Error('no')))).rejects.toThrow('no');
    expect(working(fake)).toEqual({});
    const theirs = lease(Date.now() + 60_000);
    await open(fake).alone(async () => fake.annotate(id, theirs));
    expect(working(fake)).toEqual(theirs);
  });

  it('is ours when the answer to taking it was lost', async () => {
    const state = { etag: '"1"', annotations: {} as Record<string, string> };
    const lost = {
      get: async () => state,
      // The first try did it, and its answer was lost; the second finds another etag.
      annotate: async (annotations: Record<string, string>) => {
        Object.assign(state, { etag: '"2"', annotations });
        return false;
      },
    };
    const giveBack = await takeLease(lost);
    expect(state.annotations[leaseKey]).toBeDefined();
    await giveBack();
    expect(state.annotations).toEqual({});
  });
});
