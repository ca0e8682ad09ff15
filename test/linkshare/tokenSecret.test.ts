import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, describe, expect, it } from 'vitest';
import { TikTokError } from '../../services/linkshare/errors.ts';
import { keepTokens, type Tokens } from '../../services/linkshare/tokens.ts';
import { tokensIn } from '../../services/linkshare/tokenText.ts';
import { openWritableSecret } from '../../services/runtime/google/writable-secret.ts';
import { startFakeSecretManager, type FakeSecretManager } from '../support/fake-secret-manager.ts';
import { writer } from '../support/fake-secret-writes.ts';
import { run, settings, withStandIn } from './support.ts';

const standIn = withStandIn();
const id = 'linkshare-tiktok-tokens';
const name = `projects/p/secrets/${id}`;
const node = promisify(execFile);
const ended: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const end of ended.splice(0)) await end();
});

async function secretManager({ rights = writer } = {}): Promise<FakeSecretManager> {
  const fake = await startFakeSecretManager();
  ended.push(() => fake.stop());
  fake.create(id);
  fake.grant(...rights);
  return fake;
}

const environment = (fake: FakeSecretManager) => ({
  ...settings(standIn()),
  TIKTOK_TOKENS: name,
  SECRET_MANAGER_HOST: fake.host,
});

/** Stores tokens that are over in a minute, so that the next call renews them. */
function endSoon(fake: FakeSecretManager): Tokens {
  const { value } = fake.look(id).versions.at(-1)!;
  const tokens = { ...(JSON.parse(value) as Tokens), accessExpires: Math.floor(Date.now() / 1000) + 60 };
  fake.add(id, JSON.stringify(tokens));
  return tokens;
}

const refreshes = () => standIn().calls.filter(({ path }) => path.endsWith('/refresh'));

describe('tokens in Secret Manager', () => {
  it('are kept there and nowhere else, and the app secret is read from there', async () => {
    const fake = await secretManager();
    fake.add('app-secret', `${standIn().auth.appSecret}\n`);
    const env = { ...environment(fake), TIKTOK_APP_SECRET: 'projects/p/secrets/app-secret' };
    expect((await run(env, 'auth', 'exchange', 'TTP_code_1')).error).toBeUndefined();
    expect(JSON.parse(fake.look(id).versions[0]!.value)).toMatchObject({ accessToken: 'TTP_access_1' });
    expect(fake.look(id).annotations).toEqual({});
    expect(existsSync(join(env.DATA_DIR, 'tiktok'))).toBe(false);
    expect((await run(env, 'auth', 'status')).out).toContain('Jjj test creator, a creator');
    const call = await run(env, 'tiktok', 'call', 'GET', '/affiliate_creator/202508/profiles');
    expect(call.error).toBeUndefined();
  });

  it('are refreshed by one of several processes at once, and read by the others', async () => {
    const fake = await secretManager();
    const env = environment(fake);
    await run(env, 'auth', 'exchange', 'TTP_code_1');
    endSoon(fake);
    const call = () =>
      node(
        process.execPath,
        ['services/main.ts', 'cli', 'tiktok', 'call', 'GET', '/affiliate_creator/202508/profiles'],
        { env: { PATH: '', ...env } },
      );
    for (const { stdout } of await Promise.all([call(), call(), call()]))
      expect(JSON.parse(stdout).username).toBe('abc123');
    expect(refreshes()).toHaveLength(1);
    expect(fake.look(id)).toMatchObject({
      versions: [{ state: 'DESTROYED' }, { state: 'ENABLED' }, { state: 'ENABLED' }],
      annotations: {},
    });
  });

  it('are not refreshed by who could not store the next: the token that counts once stays good', async () => {
    const rights = writer.filter((right) => right !== 'secretmanager.versions.add');
    const fake = await secretManager({ rights });
    const env = environment(fake);
    const { error } = await run(env, 'auth', 'exchange', 'TTP_code_1');
    expect(error?.message).toContain('lacks secretmanager.versions.add');
    expect(standIn().auth.codes).toContain('TTP_code_1');
    const stored = { ...standIn().auth };
    fake.add(id, JSON.stringify(tokensOf(stored.accessToken, stored.refreshToken)));
    expect((await run(env, 'auth', 'refresh')).error?.message).toContain('lacks secretmanager.versions.add');
    expect(refreshes()).toHaveLength(0);
  });

  it('whose refresh was cut short by a crash are refreshed by the next, when the lease is over', async () => {
    const fake = await secretManager();
    const env = environment(fake);
    await run(env, 'auth', 'exchange', 'TTP_code_1');
    endSoon(fake);
    fake.annotate(id, { 'linkshare-lease': `${new Date(Date.now() - 60_000).toISOString()} crashed` });
    const call = await run(env, 'tiktok', 'call', 'GET', '/affiliate_creator/202508/profiles');
    expect(call.error).toBeUndefined();
    expect(refreshes()).toHaveLength(1);
  });

  it('that another has stored meanwhile are used where TikTok refuses ours', async () => {
    const fake = await secretManager();
    fake.add(id, JSON.stringify(tokensOf('a1', 'r1')));
    const secret = openWritableSecret({ name, host: fake.host, log: { warn: () => undefined } });
    ended.unshift(() => secret.close());
    const kept = keepTokens({
      store: tokensIn(secret),
      refresh: async () => {
        fake.add(id, JSON.stringify(tokensOf('a2', 'r2')));
        throw new TikTokError('refresh token r1 is used', { trouble: 'token' });
      },
    });
    expect((await kept.refresh()).accessToken).toBe('a2');
  });

  it.each(['projects/p', 'projects/p/secrets/a/versions/1', 'projects/p/secrets/'])(
    'need a whole name: %s',
    async (wrong) => {
      const env = { ...settings(standIn()), TIKTOK_TOKENS: wrong };
      const { error } = await run(env, 'auth', 'status');
      expect(error?.message).toBe(
        `"${wrong}" is no secret's name: it is like projects/my-project/secrets/my-secret`,
      );
    },
  );

  it('may lie in another file too, one for each account', async () => {
    const env = settings(standIn());
    const file = join(env.DATA_DIR, 'elsewhere/tokens');
    const there = { ...env, TIKTOK_TOKENS: file };
    expect((await run(there, 'auth', 'exchange', 'TTP_code_1')).error).toBeUndefined();
    expect((await run(there, 'auth', 'exchange', 'TTP_code_2', '--account', 'two')).error).toBeUndefined();
    expect([existsSync(file), existsSync(`${file}-two`)]).toEqual([true, true]);
  });
});

const tokensOf = (accessToken: string, refreshToken: string): Tokens => ({
  accessToken,
  refreshToken,
  accessExpires: Math.floor(Date.now() / 1000) + 86_400,
  refreshExpires: Math.floor(Date.now() / 1000) + 86_400 * 30,
  openId: 'o',
  userType: 1,
  name: undefined,
  region: undefined,
  scopes: [],
});
