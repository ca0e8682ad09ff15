import { execFile } from 'node:child_process';
import { mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { emptyFolder } from '../support/folder.ts';
import { TikTokError } from '../../services/linkshare/errors.ts';
import { tokenFile } from '../../services/linkshare/tokenFile.ts';
import { keepTokens, type Tokens } from '../../services/linkshare/tokens.ts';
import { authorised, run, settings, withStandIn } from './support.ts';

const standIn = withStandIn();
const run1 = promisify(execFile);
const now = Math.floor(Date.now() / 1000);
const tokens = (life: number, n = 1): Tokens => ({
  accessToken: `a${n}`,
  accessExpires: now + life,
  refreshToken: `r${n}`,
  refreshExpires: now + 86_400,
  openId: 'o',
  userType: 1,
  name: undefined,
  region: undefined,
  scopes: [],
});

describe('tokens', () => {
  it('are kept where only their owner reads them', async () => {
    const file = join(emptyFolder(), 'tiktok/tokens.json');
    await tokenFile(file).write(tokens(9));
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(await tokenFile(file).read()).toEqual(tokens(9));
  });

  it('that are not tokens are named, not shown', async () => {
    const file = join(emptyFolder(), 'tokens.json');
    writeFileSync(file, '{"accessToken":"hush"');
    await expect(tokenFile(file).read()).rejects.toThrow(/holds no tokens: delete it and authorise again/);
    await expect(tokenFile(file).read()).rejects.not.toThrow('hush');
  });

  it('are renewed before they end, once, however many ask', async () => {
    const store = tokenFile(join(emptyFolder(), 'tokens.json'));
    await store.write(tokens(600));
    let refreshed = 0;
    const kept = () => keepTokens({ store, refresh: async () => tokens(86_400, ++refreshed + 1) });
    expect(await Promise.all([kept(), kept(), kept()].map((each) => each.current()))).toEqual([
      'a2',
      'a2',
      'a2',
    ]);
    expect(refreshed).toBe(1);
    expect(await kept().renew('a1')).toBe('a2');
    expect(await kept().renew('a2')).toBe('a3');
  });

  it('that still work are used where the next cannot be had, but not where TikTok refuses them', async () => {
    const store = tokenFile(join(emptyFolder(), 'tokens.json'));
    await store.write(tokens(600));
    const failing = (trouble: 'network' | 'token') =>
      keepTokens({ store, refresh: () => Promise.reject(new TikTokError('no', { trouble })) });
    expect(await failing('network').current()).toBe('a1');
    await expect(failing('token').current()).rejects.toThrow('Authorise again');
    await store.write(tokens(-1));
    await expect(failing('network').current()).rejects.toThrow('no');
    await store.write({ ...tokens(-1), refreshExpires: now - 5 });
    await expect(failing('network').current()).rejects.toThrow('the authorisation ended on');
  });

  it('are refreshed by one of several processes, and read by the others', async () => {
    const env = await authorised(standIn());
    const file = join(env.DATA_DIR, 'tiktok/tokens-default.json');
    const old = JSON.parse(readFileSync(file, 'utf8')) as Tokens;
    writeFileSync(file, JSON.stringify({ ...old, accessExpires: now + 60 }));
    const call = () =>
      run1(
        process.execPath,
        ['services/main.ts', 'cli', 'tiktok', 'call', 'GET', '/affiliate_creator/202508/profiles'],
        { env: { PATH: '', ...env } },
      );
    const answers = await Promise.all([call(), call(), call()]);
    for (const { stdout } of answers) expect(JSON.parse(stdout).username).toBe('abc123');
    expect(standIn().calls.filter(({ path }) => path.endsWith('/refresh'))).toHaveLength(1);
  });
});

describe('linkshare auth', () => {
  it('prints the page, with a state', async () => {
    const { out } = await run(settings(standIn()), 'auth', 'url');
    expect(out).toMatch(
      /^https:\/\/shop\.tiktok\.com\/alliance\/creator\/auth\?app_key=29a39d&state=[0-9a-f]{32}$/,
    );
  });

  it('takes the whole address, shows who it is, refreshes, and shows no secret', async () => {
    const env = settings(standIn());
    const exchanged = await run(
      env,
      'auth',
      'exchange',
      'https://example.com/callback?code=TTP_code_1&state=x',
    );
    expect(exchanged.error).toBeUndefined();
    const { out, err, error } = await run(env, 'auth', 'status');
    expect(error).toBeUndefined();
    expect(out).toMatch(/who +Jjj test creator, a creator, open id 7010736057180325637\nregion +ID/);
    const refreshed = await run(env, 'auth', 'refresh', '--verbose');
    expect(refreshed.err).toContain('token refreshed, good until 20');
    const { auth } = standIn();
    expect(auth.refreshes).toBe(2);
    const printed = [exchanged, refreshed].map((each) => each.out + each.err).join() + out + err;
    for (const secret of [auth.appSecret, auth.accessToken, auth.refreshToken, 'TTP_code_1', ...auth.expired])
      expect(printed).not.toContain(secret);
  });

  it('says why a code does not count, without repeating it', async () => {
    const env = settings(standIn());
    await run(env, 'auth', 'exchange', 'TTP_code_1');
    const { error } = await run(env, 'auth', 'exchange', 'TTP_code_1');
    expect(error?.message).toContain('A code counts once, for about 30 minutes');
    expect(error?.message).toContain('linkshare auth login');
    expect(error?.message).not.toContain('TTP_code_1');
    const wrong = await run({ ...env, TIKTOK_APP_SECRET: 'wr0ng-secret' }, 'auth', 'exchange', 'TTP_code_2');
    expect(wrong.error?.message).toContain('app_key or app_secret is invalid');
    expect(wrong.error?.message).not.toContain('wr0ng-secret');
  });

  it('refuses a seller', async () => {
    standIn().auth.userType = 0;
    const { error } = await run(settings(standIn()), 'auth', 'exchange', 'TTP_code_1');
    expect(error?.message).toContain('These tools need a creator');
  });

  it('tells a revoked consent when it refreshes', async () => {
    const env = await authorised(standIn());
    standIn().auth.refreshToken = 'another';
    const { error } = await run(env, 'auth', 'refresh');
    expect(error?.message).toMatch(/The authorisation is no longer good\nAuthorise again/);
    expect(error?.message).not.toContain('TTP_refresh_1');
  });

  it('login takes the code only with its own state', async () => {
    const env = settings(standIn());
    mkdirSync(env.DATA_DIR, { recursive: true });
    const port = 20_000 + Math.floor(Math.random() * 20_000);
    const running = run(env, 'auth', 'login', '--port', String(port), '--no-open', '--wait', '20');
    const state = await waitForState();
    const back = (query: string) =>
      fetch(`http://127.0.0.1:${port}/callback?${query}`).then(({ status }) => status);
    expect(await back('code=TTP_code_2&state=forged')).toBe(400);
    expect(await back('code=TTP_code_2')).toBe(400);
    expect((await fetch(`http://127.0.0.1:${port}/`)).status).toBe(404);
    expect(await back(`code=TTP_code_1&state=${state}`)).toBe(200);
    expect((await running).error).toBeUndefined();
    expect(standIn().calls.map(({ query }) => query.get('auth_code'))).toEqual(['TTP_code_1']);
  });

  it('login ends where the creator does not agree, or does not come', async () => {
    const env = settings(standIn());
    const port = 20_000 + Math.floor(Math.random() * 20_000);
    const running = run(env, 'auth', 'login', '--port', String(port), '--no-open');
    const state = await waitForState();
    expect((await fetch(`http://127.0.0.1:${port}/callback?state=${state}`)).status).toBe(400);
    expect((await running).error?.message).toContain('the creator did not agree');
    const late = await run(env, 'auth', 'login', '--port', '0', '--no-open', '--wait', '0');
    expect(late.error?.message).toContain('the creator did not come back');
    expect((await run(env, 'auth', 'login', '--port', '99999999')).error?.exitCode).toBe(2);
  });
});

/** The state that login has printed on what `run` has in place of standard error. */
async function waitForState(): Promise<string> {
  for (;;) {
    const calls = (console.error as unknown as { mock?: { calls: string[][] } }).mock?.calls ?? [];
    const found = /state=([\w-]+)/.exec(calls.flat().join('\n'));
    if (found) return found[1]!;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}
