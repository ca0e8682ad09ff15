import { describe, expect, it } from 'vitest';
import { createClient, type ClientOptions } from '../../services/linkshare/client.ts';
import { TikTokError } from '../../services/linkshare/errors.ts';
import type { Fault } from './stand-in/server.ts';
import { withStandIn } from './support.ts';

const standIn = withStandIn();
const profile = { method: 'GET', path: '/affiliate_creator/202508/profiles' };

/** Calls with the stand-in's token; what it waited is in `waited`. */
async function call(
  options: Partial<ClientOptions> = {},
  wanted: Parameters<ReturnType<typeof createClient>['call']>[0] = profile,
) {
  const waited: number[] = [];
  const { auth, url } = standIn();
  const client = createClient({
    appKey: auth.appKey,
    appSecret: auth.appSecret,
    host: url,
    perSecond: 1e6,
    tokens: {
      current: () => Promise.resolve(auth.accessToken),
      renew: () => Promise.resolve(auth.accessToken),
    },
    wait: (ms) => Promise.resolve(waited.push(ms)),
    ...options,
  });
  try {
    return { data: (await client.call(wanted)) as Record<string, unknown>, waited, error: undefined };
  } catch (error) {
    expect(error).toBeInstanceOf(TikTokError);
    return { data: undefined, waited, error: error as TikTokError };
  } finally {
    await client.close();
  }
}

describe('a call', () => {
  it('is answered with the documented example', async () => {
    const { data } = await call();
    expect(data).toMatchObject({ username: 'abc123', permissions: ['LIVE_STREAM_PERMISSION', 'SELF_SALE_PERMISSION', 'ADD_AFFILIATE_PERMISSION'] }); // prettier-ignore
  });

  it.each<[string, Fault, string, string]>([
    ['token revoked', { status: 401, code: 105001, message: 'revoked' }, 'token', 'linkshare auth login'],
    ['scope missing', { status: 403, code: 105005, message: 'no scope' }, 'scope', 'creator.affiliate.info'],
    [
      'a seller',
      { status: 200, code: 101000, message: 'wrong identity' },
      'identity',
      'authorise as one, not as a seller',
    ],
    [
      'a wrong secret',
      { status: 401, code: 106001, message: 'sign' },
      'signature',
      'TIKTOK_APP_SECRET does not belong to TIKTOK_APP_KEY',
    ],
    [
      'a wrong path',
      { status: 404, code: 36009009, message: 'path' },
      'path',
      'not among those TikTok offers',
    ],
    [
      'a code nobody knows',
      { status: 400, code: 16001003, message: 'odd' },
      'other',
      'TikTok says: odd (code 16001003, HTTP 400, request 20',
    ],
    [
      'HTML',
      {
        status: 200,
        text: '<html><body>Sign in to the hotel</body></html>',
        headers: { 'content-type': 'text/html' },
      },
      'answer',
      'but text/html: "<html><body>Sign in to the hotel',
    ],
    ['JSON that is not TikTok', { status: 200, text: '{"ok":true}' }, 'answer', "not TikTok's JSON"],
  ])('ends at once at %s, and says what to do', async (_what, fault, trouble, says) => {
    standIn().fail('profiles', fault);
    const { error } = await call();
    expect(error?.trouble).toBe(trouble);
    expect(error?.message).toContain(says);
    expect(standIn().calls).toHaveLength(1);
  });

  it.each<[string, Fault]>([
    ['429', { status: 429, code: 36009002, message: 'busy' }],
    ['internal', { status: 500, code: 36009003, message: 'internal' }],
    ['a timeout in a 200', { status: 200, code: 36009007, message: 'timeout' }],
    [
      'a page of a proxy',
      { status: 502, text: '<html>Bad gateway</html>', headers: { 'content-type': 'text/html' } },
    ],
    ['a cut connection', { cut: true }],
  ])('is tried again at %s', async (_what, fault) => {
    standIn().fail('profiles', fault, fault);
    const { data, waited } = await call();
    expect(data?.username).toBe('abc123');
    expect(standIn().calls).toHaveLength(3);
    expect(waited).toHaveLength(2);
    expect(waited[1]).toBeLessThanOrEqual(1001);
  });

  it('waits as long as TikTok asks, up to a minute, and not for ever', async () => {
    standIn().fail('profiles', { status: 429, code: 36009002, headers: { 'retry-after': '7' } });
    const { waited } = await call();
    expect(waited[0]).toBeGreaterThan(6900);
    standIn().fail('profiles', {
      status: 429,
      code: 36009002,
      message: 'quota',
      headers: { 'retry-after': '3600' },
    });
    expect((await call()).error?.trouble).toBe('busy');
    standIn().fail(
      'profiles',
      ...Array.from({ length: 9 }, () => ({ status: 500, code: 36009003, message: 'down' })),
    );
    standIn().calls.length = 0;
    expect((await call()).error?.trouble).toBe('server');
    expect(standIn().calls).toHaveLength(5);
  });

  it('is repeated once with a new token where the old one has expired', async () => {
    const { auth } = standIn();
    auth.expired.add('old');
    const renewed: string[] = [];
    const tokens = {
      current: () => Promise.resolve('old'),
      renew: (stale: string) => Promise.resolve((renewed.push(stale), auth.accessToken)),
    };
    expect((await call({ tokens })).data?.username).toBe('abc123');
    expect(renewed).toEqual(['old']);
    const stubborn = { current: () => Promise.resolve('old'), renew: () => Promise.resolve('old') };
    expect((await call({ tokens: stubborn })).error?.trouble).toBe('expired');
  });

  it.each([
    [600, "clock is 10 minutes behind TikTok's"],
    [-600, "clock is 10 minutes ahead of TikTok's"],
  ])('says so where the clocks are %d seconds apart', async (ahead, says) => {
    standIn().ahead = ahead;
    const { error } = await call();
    expect(error?.trouble).toBe('clock');
    expect(error?.message).toContain(says);
    expect(error?.message).toContain('timedatectl');
  });

  it('shows each attempt without a secret', async () => {
    const seen: unknown[] = [];
    standIn().fail('profiles', { status: 500, code: 36009003, message: 'internal' });
    await call({ onRequest: (each) => void seen.push(each) });
    expect(seen).toMatchObject([
      { attempt: 1, status: 500, trouble: expect.stringContaining('internal') },
      { attempt: 2, status: 200 },
    ]);
    const { auth } = standIn();
    for (const secret of [auth.appSecret, auth.accessToken])
      expect(JSON.stringify(seen)).not.toContain(secret);
  });

  it('says what cannot be reached', async () => {
    const { error } = await call({ host: 'http://127.0.0.1:1', attempts: 2 });
    expect(error?.message).toContain('127.0.0.1:1 could not be reached: ECONNREFUSED\nCheck the connection');
  });

  it('keeps its pace', async () => {
    const { auth, url } = standIn();
    const waited: number[] = [];
    const tokens = {
      current: () => Promise.resolve(auth.accessToken),
      renew: () => Promise.reject(new Error()),
    };
    const client = createClient({
      appKey: auth.appKey,
      appSecret: auth.appSecret,
      host: url,
      tokens,
      perSecond: 2,
      wait: (ms) => Promise.resolve(waited.push(ms)),
    });
    await Promise.all([1, 2, 3].map(() => client.call(profile)));
    await client.close();
    expect(waited.map((ms) => Math.round(ms / 500))).toEqual([1, 2]);
  });
});
