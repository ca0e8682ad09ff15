import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { afterEach, describe, expect, it } from 'vitest';
import { openBareClient } from '../../../services/runtime/google/secret-client-bare.ts';
import { openGoogleClient } from '../../../services/runtime/google/secret-client-google.ts';
import { lazily } from '../../../services/runtime/google/secret-client.ts';
import { createSecretManager } from '../../../services/runtime/google/secrets.ts';
import type { Fields, Log } from '../../../services/runtime/log.ts';
import { startFakeSecretManager, type FakeSecretManager } from '../../support/fake-secret-manager.ts';

const token = { partner: 'acme', name: 'token' };
const id = 'linkshare-acme-token';
const prefix = `projects/p/secrets/${id}/versions`;
const minute = 60_000;
const ended: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const end of ended.splice(0)) await end();
});

async function fakeOf(...values: string[]): Promise<FakeSecretManager> {
  const fake = await startFakeSecretManager();
  ended.push(() => fake.stop());
  for (const value of values) fake.add(id, value);
  return fake;
}

type Open = typeof openBareClient;

/** Of what hangs: long enough for a busy machine to answer where it does not. In milliseconds. */
const impatient = { call: 6_000, start: 300, request: 300 };

function managerOf(fake: { host: string }, open: Open, secrets = [token], times = {}) {
  const time = { now: 0 };
  const lines: { level: string; message: string; fields: Fields }[] = [];
  const at =
    (level: string) =>
    (message: string, fields: Fields = {}) =>
      void lines.push({ level, message, fields });
  const log: Log = { info: at('info'), warn: at('warn'), error: at('error'), close: async () => {} };
  const manager = createSecretManager({
    client: open({ host: fake.host }),
    projectId: 'p',
    secrets,
    log,
    clock: () => time.now,
    times: { call: 10_000, start: 10_000, request: 10_000, ...times },
  });
  ended.push(() => manager.close());
  return { manager, time, lines, live: () => manager.live('acme', 'token') };
}

/** For what goes on behind a request that did not wait. */
async function until(isSo: () => boolean): Promise<void> {
  for (let i = 0; !isSo(); i++) {
    if (i > 1_000) throw new Error('it never became so');
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

async function took(work: Promise<unknown> | undefined): Promise<number> {
  const start = performance.now();
  await work;
  return performance.now() - start;
}

describe.each([
  ['the bare client', openBareClient],
  ["Google's client", openGoogleClient],
])('secrets of Secret Manager through %s', (_, open) => {
  // Loaded before the first test: its time is no test's matter, and more than a call here may take.
  it('loads', async () => {
    const fake = await fakeOf('one');
    const client = open({ host: fake.host });
    expect((await client.access(`${prefix}/latest`, 10_000)).name).toMatch(/versions\/1$/);
    await client.close();
  });

  describe('what is missing', () => {
    it.each([
      ['a secret that is not there', () => {}, /not read yet|no version/],
      ['a secret without a version', (fake: FakeSecretManager) => fake.create(id), /no version/],
      ['an empty version', (fake: FakeSecretManager) => void fake.add(id, '\n'), /no version/],
      [
        'a version that is no text',
        (fake: FakeSecretManager) => void fake.add(id, Uint8Array.of(0xff)),
        /no version/,
      ],
      [
        'only disabled and destroyed versions',
        (fake: FakeSecretManager) => {
          for (let i = 1; i <= 3; i++) fake.disable(id, fake.add(id, `v${i}`));
          fake.destroy(id, 2);
        },
        /no version that is enabled/,
      ],
      [
        'no right to read it',
        (fake: FakeSecretManager) => (fake.add(id, 'one'), fake.fail({ is: 'permission denied' })),
        /roles\/secretmanager\.secretAccessor/,
      ],
      [
        'Secret Manager unavailable',
        (fake: FakeSecretManager) => (fake.add(id, 'one'), fake.fail({ is: 'unavailable' })),
        /UNAVAILABLE/,
      ],
      [
        'a payload spoilt on its way',
        (fake: FakeSecretManager) => (fake.add(id, 'one'), fake.fail({ is: 'wrong crc' })),
        /CRC32C/,
      ],
    ])('%s: said with the command that fills it, and `live` throws', async (_what, prepare, why) => {
      const fake = await fakeOf();
      prepare(fake);
      const { manager, lines, live } = managerOf(fake, open);
      await manager.load();
      const [missing, ...others] = manager.state();
      expect(others).toEqual([]);
      expect(missing).toMatchObject(token);
      expect(missing!.missing).toMatch(why);
      expect(missing!.missing).toContain(
        'printf %s "$VALUE" | gcloud secrets versions add linkshare-acme-token --data-file=-',
      );
      expect(live).toThrow('the secret token of acme is missing');
      expect(manager.loaded('acme', 'token')).toEqual([]);
      expect(lines).toEqual([
        {
          level: 'error',
          message: 'secret missing',
          fields: { partner: 'acme', secret: 'token', missing: missing!.missing },
        },
      ]);
    });

    it('throws for a secret that was not asked for', async () => {
      const { manager } = managerOf(await fakeOf('one'), open);
      expect(() => manager.live('acme', 'other')).toThrow('the secret other of acme was not asked for');
    });

    it('keeps one missing secret from harming the others', async () => {
      const { manager, live } = managerOf(await fakeOf('one'), open, [
        { partner: 'acme', name: 'key' },
        token,
      ]);
      await manager.load();
      expect(live()).toEqual(['one']);
      expect(manager.state().map(({ name }) => name)).toEqual(['key']);
    });
  });

  describe('which are live', () => {
    it.each<[string, string[], (fake: FakeSecretManager) => void, string[]]>([
      ['the only one', ['one'], () => {}, ['one']],
      ['the newest two of three, newest first', ['one', 'two', 'three'], () => {}, ['three', 'two']],
      ['without the newline that `echo` adds', ['one\n', 'two\r\n'], () => {}, ['two', 'one']],
      ['with every other space', [' one \n\n'], () => {}, [' one \n']],
      ['without a checksum', ['one'], (fake) => fake.fail({ is: 'no crc' }), ['one']],
      ['skipping a disabled one', ['one', 'two', 'three'], (fake) => fake.disable(id, 2), ['three', 'one']],
      ['skipping a destroyed one', ['one', 'two', 'three'], (fake) => fake.destroy(id, 2), ['three', 'one']],
      ['below a disabled latest', ['one', 'two', 'three'], (fake) => fake.disable(id, 3), ['two', 'one']],
      [
        'below several disabled ones, found without a right to list',
        Array.from({ length: 21 }, (_none, i) => `v${i + 1}`),
        (fake) => [19, 20, 21].forEach((version) => fake.disable(id, version)),
        ['v18', 'v17'],
      ],
      [
        'not further down than five',
        Array.from({ length: 8 }, (_none, i) => `v${i + 1}`),
        (fake) => [3, 4, 5, 6, 7].forEach((version) => fake.disable(id, version)),
        ['v8'],
      ],
    ])('%s', async (_what, values, prepare, expected) => {
      const fake = await fakeOf(...values);
      prepare(fake);
      const { manager, live } = managerOf(fake, open);
      await manager.load();
      expect(live()).toEqual(expected);
      expect(manager.state()).toEqual([]);
    });

    it('asks for nothing but access to versions, and only of its own secrets', async () => {
      const fake = await fakeOf('one', 'two', 'three');
      fake.disable(id, 3);
      const { manager } = managerOf(fake, open);
      await manager.load();
      for (const call of fake.calls)
        expect(call).toMatch(
          /^AccessSecretVersion projects\/p\/secrets\/linkshare-acme-token\/versions\/(latest|\d+)$/,
        );
    });
  });

  describe('a start', () => {
    it('does not wait for a Secret Manager that hangs, and has the secret when it is back', async () => {
      const fake = await fakeOf('one');
      fake.fail({ is: 'hanging' });
      const { manager, time, live } = managerOf(fake, open, [token], impatient);
      expect(await took(manager.load())).toBeLessThan(3_000);
      expect(live).toThrow();
      fake.fail(undefined);
      for (let i = 0; i < 50 && manager.state().length > 0; i++) {
        time.now += minute;
        await manager.refreshIfOld();
      }
      expect(live()).toEqual(['one']);
    });

    it('survives that nobody listens there, and has the secret when somebody does', async () => {
      const gone = await startFakeSecretManager();
      await gone.stop();
      const { manager, time, live } = managerOf(gone, open);
      await manager.load();
      expect(manager.state()[0]!.missing).toMatch(/could not be read/);
      const back = await startFakeSecretManager(Number(gone.host.split(':')[1]));
      ended.push(() => back.stop());
      back.add(id, 'one');
      for (let i = 0; i < 20 && manager.state().length > 0; i++) {
        time.now += minute;
        await manager.refreshIfOld();
        await new Promise((resolve) => setTimeout(resolve, 100));
      }
      expect(live()).toEqual(['one']);
    });
  });

  describe('the next requests', () => {
    it('try for a missing secret again: after 1 s, 2 s, 4 s and at most a minute, however many they are', async () => {
      const fake = await fakeOf();
      const { manager, time } = managerOf(fake, open);
      await manager.load();
      const tries: number[] = [];
      for (time.now = 0; time.now < 4 * minute; time.now += 500) {
        const before = fake.calls.length;
        await manager.refreshIfOld();
        if (fake.calls.length > before) tries.push(time.now / 1_000);
      }
      expect(tries).toEqual([1, 3, 7, 15, 31, 63, 123, 183]);
    });

    it('say so once a minute at most', async () => {
      const { manager, time, lines } = managerOf(await fakeOf(), open);
      await manager.load();
      for (time.now = 0; time.now < 3 * minute; time.now += 1_000) await manager.refreshIfOld();
      expect(lines.length).toBeLessThanOrEqual(3);
    });

    it('wait for a missing secret that is being read, and have it', async () => {
      const fake = await fakeOf();
      const { manager, time, live } = managerOf(fake, open);
      await manager.load();
      fake.add(id, 'one');
      time.now += 1_000;
      await Promise.all([manager.refreshIfOld(), manager.refreshIfOld()]);
      expect(live()).toEqual(['one']);
      expect(fake.calls).toHaveLength(2);
    });

    it('read nothing again before five minutes, and then once, without waiting', async () => {
      const fake = await fakeOf('one');
      const { manager, time, live } = managerOf(fake, open);
      await manager.load();
      fake.calls.length = 0;
      fake.add(id, 'two');
      time.now += 5 * minute - 1;
      expect(manager.refreshIfOld()).toBeUndefined();
      time.now += 1;
      fake.fail({ is: 'slow', ms: 50 });
      for (let i = 0; i < 100; i++) expect(manager.refreshIfOld()).toBeUndefined();
      expect(live()).toEqual(['one']);
      await until(() => live().length === 2);
      expect(live()).toEqual(['two', 'one']);
      expect(fake.calls.map((call) => call.split('/').at(-1))).toEqual(['latest', '1']);
    });

    it('keep the last values while Secret Manager is away, say so once a minute, and say when it is back', async () => {
      const fake = await fakeOf('one');
      const { manager, time, lines, live } = managerOf(fake, open);
      await manager.load();
      fake.fail({ is: 'unavailable' });
      for (let i = 0; i < 12; i++) {
        time.now += i === 0 ? 5 * minute : 10_000;
        void manager.refreshIfOld();
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
      expect(live()).toEqual(['one']);
      const said = lines.filter(({ level }) => level === 'warn');
      expect(said).toHaveLength(2);
      expect(said[0]).toMatchObject({
        message: 'secret not read again; its last values stay live',
        fields: { partner: 'acme', secret: 'token' },
      });
      fake.fail(undefined);
      time.now += minute;
      void manager.refreshIfOld();
      await until(() => lines.at(-1)!.message === 'all secrets can be read again');
    });

    it('keep the last values when the right to read them is lost: that says nothing of the secret', async () => {
      const fake = await fakeOf('one');
      const { manager, time, lines, live } = managerOf(fake, open);
      await manager.load();
      fake.fail({ is: 'permission denied' });
      time.now += 5 * minute;
      void manager.refreshIfOld();
      await until(() => lines.some(({ level }) => level === 'warn'));
      expect(live()).toEqual(['one']);
    });

    it('let a version die that was disabled, and the last one too', async () => {
      const fake = await fakeOf('one', 'two');
      const { manager, time, live } = managerOf(fake, open);
      await manager.load();
      fake.disable(id, 1);
      time.now += 5 * minute;
      void manager.refreshIfOld();
      await until(() => live().length === 1);
      expect(live()).toEqual(['two']);
      fake.disable(id, 2);
      time.now += 5 * minute;
      void manager.refreshIfOld();
      await until(() => manager.state().length === 1);
      expect(live).toThrow();
    });
  });

  describe('a failed verification', () => {
    it('waits for nothing when there is no answer, no longer than a request may', async () => {
      const fake = await fakeOf('one');
      const { manager, live } = managerOf(fake, open, [token], impatient);
      await until(() => (void manager.refreshIfOld(), manager.state().length === 0));
      fake.fail({ is: 'hanging' });
      const waited = took(manager.refreshAfterFailure().then((changed) => expect(changed).toBe(false)));
      expect(await waited).toBeLessThan(3_000);
      expect(live()).toEqual(['one']);
    });

    it('resolves to false when nothing has changed', async () => {
      const { manager } = managerOf(await fakeOf('one'), open);
      await manager.load();
      expect(await manager.refreshAfterFailure()).toBe(false);
    });

    it('brings a rotation in mid-flight at once; the old value stays live beside the new', async () => {
      const fake = await fakeOf('one');
      const { manager, live } = managerOf(fake, open);
      await manager.load();
      fake.add(id, 'two');
      expect(await manager.refreshAfterFailure()).toBe(true);
      expect(live()).toEqual(['two', 'one']);
    });

    it('reads again if a reading is under way that began before the rotation', async () => {
      const fake = await fakeOf('one', 'two');
      const { manager, time, live } = managerOf(fake, open);
      await manager.load();
      time.now += 5 * minute;
      fake.calls.length = 0;
      fake.fail({ is: 'slow', ms: 100 }, '/versions/1');
      void manager.refreshIfOld();
      await until(() => fake.calls.length === 2);
      fake.add(id, 'three');
      expect(await manager.refreshAfterFailure()).toBe(true);
      expect(live()).toEqual(['three', 'two']);
      expect(fake.calls.map((call) => call.split('/').at(-1))).toEqual(['latest', '1', 'latest', '2']);
    });

    it('causes one reading for many at once, and the others do not wait', async () => {
      const fake = await fakeOf('one');
      const { manager } = managerOf(fake, open);
      await manager.load();
      fake.add(id, 'two');
      fake.fail({ is: 'slow', ms: 2_000 });
      fake.calls.length = 0;
      const first = manager.refreshAfterFailure();
      const others = Array.from({ length: 500 }, () => manager.refreshAfterFailure());
      expect(await took(Promise.all(others))).toBeLessThan(1_900);
      expect((await Promise.all(others)).includes(true)).toBe(false);
      expect(await first).toBe(true);
      expect(fake.calls).toHaveLength(2);
    });

    it('causes no other reading for 30 s', async () => {
      const fake = await fakeOf('one');
      const { manager, time } = managerOf(fake, open);
      await manager.load();
      await manager.refreshAfterFailure();
      fake.add(id, 'two');
      time.now += 29_999;
      expect(await manager.refreshAfterFailure()).toBe(false);
      time.now += 1;
      expect(await manager.refreshAfterFailure()).toBe(true);
    });
  });

  it('holds no secret in any line of its log, nor in its state', async () => {
    const fake = await fakeOf('canary-one', 'canary-two');
    const { manager, time, lines } = managerOf(fake, open);
    await manager.load();
    for (const is of ['wrong crc', 'unavailable', 'permission denied'] as const) {
      fake.fail({ is });
      time.now += 5 * minute;
      await manager.refreshAfterFailure();
    }
    fake.fail(undefined);
    [1, 2].forEach((version) => fake.disable(id, version));
    time.now += 5 * minute;
    await manager.refreshAfterFailure();
    expect(manager.state()).toHaveLength(1);
    expect(lines.length).toBeGreaterThan(3);
    expect(JSON.stringify([lines, manager.state()])).not.toContain('canary');
  });

  it('leaves no timer behind, however often it reads', async () => {
    const fake = await fakeOf('one');
    const { manager, time } = managerOf(fake, open);
    const timers = () => process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length;
    await manager.load();
    const before = timers();
    for (let i = 0; i < 200; i++) {
      time.now += 5 * minute;
      await manager.refreshAfterFailure();
    }
    expect(fake.calls).toHaveLength(201);
    expect(timers() - before).toBeLessThan(10);
  });
});

describe("Google's client", () => {
  it('writes no secret to the log of its own that GOOGLE_SDK_NODE_LOGGING turns on', async () => {
    const fake = await fakeOf('canary');
    const script = `
      import { openGoogleClient } from './services/runtime/google/secret-client-google.ts';
      const client = openGoogleClient({ host: '${fake.host}' });
      const { data } = await client.access('${prefix}/latest', 10_000);
      console.log(data.length);
      await client.close();`;
    const { stdout, stderr } = await promisify(execFile)(
      process.execPath,
      ['--input-type=module-typescript', '--eval', script],
      { env: { ...process.env, GOOGLE_SDK_NODE_LOGGING: 'all' } },
    );
    expect(stdout).toBe('6\n');
    expect(stderr).not.toMatch(/canary|Y2FuYXJ5|99,\s*97,\s*110|63 61 6e/);
  });

  it('that cannot be opened is told, and is opened anew with the next call', async () => {
    let times = 0;
    const client = lazily(async () => {
      if (++times < 3) throw new Error('Could not load the default credentials');
      return { access: async (name) => ({ name, data: new Uint8Array() }), close: async () => {} };
    });
    await expect(client.open()).rejects.toThrow('default credentials');
    await expect(client.access('x', 100)).rejects.toThrow('default credentials');
    expect((await client.access('x', 100)).name).toBe('x');
  });
});

describe('a client', () => {
  it.each([
    ['goes over a new connection after a call that got no answer', 4, 2],
    ['keeps its connection after one that was refused', 7, 1],
  ])('%s', async (_what, code, expected) => {
    let [opened, closed] = [0, 0];
    const client = lazily(async () => {
      opened++;
      return {
        access: () => Promise.reject(Object.assign(new Error('no'), { code })),
        close: async () => void closed++,
      };
    });
    for (let i = 0; i < 2; i++) await expect(client.access('x', 100)).rejects.toThrow('no');
    expect(opened).toBe(expected);
    await client.close();
    expect(closed).toBe(expected);
  });
});

describe('the stand-in', () => {
  it('denies every method but access, as Google does to a mere accessor', async () => {
    const fake = await fakeOf('one');
    const { v1 } = await import('@google-cloud/secret-manager');
    const { credentials } = await import('@grpc/grpc-js');
    const { PassThroughClient } = await import('google-auth-library');
    const [apiEndpoint, port] = fake.host.split(':') as [string, string];
    const authClient = new PassThroughClient();
    const client = new v1.SecretManagerServiceClient({
      apiEndpoint,
      port: Number(port),
      sslCreds: credentials.createInsecure(),
      authClient,
    });
    const name = `projects/p/secrets/${id}`;
    await expect(client.listSecretVersions({ parent: name })).rejects.toMatchObject({ code: 7 });
    await expect(client.getSecretVersion({ name: `${name}/versions/1` })).rejects.toMatchObject({ code: 7 });
    await expect(client.addSecretVersion({ parent: name })).rejects.toMatchObject({ code: 7 });
    await client.close();
  });
});
