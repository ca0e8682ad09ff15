import { createServer, type RequestListener, type Server } from 'node:http';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { fetchText } from '../../services/runtime/fetch-text.ts';
import { createKeys, openKeys, withKeys, type Keys } from '../../services/runtime/keys.ts';
import type { Log } from '../../services/runtime/log.ts';
import { fixedSecrets } from '../../services/runtime/secrets.ts';

const url = 'https://keys.example/list';
const minute = 60_000;

let now: number;
let answers: (string | Error)[];
let asked: string[];
let lines: string[];
const log: Log = {
  info: (message) => void lines.push(message),
  warn: (message) => void lines.push(message),
  error: (message) => void lines.push(message),
  close: () => Promise.resolve(),
};
beforeEach(() => {
  [now, answers, asked, lines] = [0, [], [], []];
});

/** The last answer stays. */
const stub = (from: string) => {
  asked.push(from);
  const answer = answers.length > 1 ? answers.shift()! : (answers[0] ?? new Error('unreachable'));
  return answer instanceof Error ? Promise.reject(answer) : Promise.resolve(answer);
};
const open = (partners = ['acme']): Keys =>
  createKeys({
    wanted: partners.map((partner) => ({ partner, url, fits: (text) => text.startsWith('key') })),
    log,
    fetchText: stub,
    clock: () => now,
  });

describe('public keys', () => {
  test('are fetched at the start and live by their address', async () => {
    answers = ['key 1'];
    const keys = open();
    expect(() => keys.live('acme', url)).toThrow(
      'the public keys of acme at https://keys.example/list are missing',
    );
    await keys.load();
    expect(keys.live('acme', url)).toEqual(['key 1']);
    expect(keys.state()).toEqual([]);
    expect(keys.loaded('acme', url)).toEqual([]);
  });

  test('are nobody else’s', async () => {
    answers = ['key 1'];
    const keys = open();
    await keys.load();
    expect(() => keys.live('other', url)).toThrow('missing');
    expect(() => keys.live('acme', 'https://keys.example/other')).toThrow('missing');
  });

  test.each<[string, string | Error]>([
    ['cannot be reached', new Error('refused')],
    ['shows something else', '<html>'],
    ['shows nothing', ''],
  ])('while their address %s: the start goes on, and the state says so', async (_, answer) => {
    answers = [answer];
    const keys = open();
    await keys.load();
    expect(() => keys.live('acme', url)).toThrow('missing');
    expect(keys.state()).toMatchObject([
      { partner: 'acme', name: url, missing: expect.stringContaining(url) as unknown },
    ]);
    expect(lines).toEqual(['public keys missing']);
  });

  test('are tried again once a minute while there are none, however many ask', async () => {
    const keys = open();
    await keys.load();
    for (now = 0; now < 3 * minute; now += 1_000) {
      await keys.refreshIfOld('acme');
      await keys.refreshAfterFailure('acme');
    }
    expect(asked).toHaveLength(3);
    answers = ['key 1'];
    now = 3 * minute;
    await keys.refreshIfOld('acme');
    expect(keys.live('acme', url)).toEqual(['key 1']);
  });

  test('the last good ones stay live', async () => {
    answers = ['key 1', new Error('refused'), '<html>', 'key 2'];
    const keys = open();
    await keys.load();
    for (const expected of ['key 1', 'key 1', 'key 2']) {
      now += 2 * 60 * minute;
      void keys.refreshIfOld('acme');
      await new Promise(setImmediate);
      expect(keys.live('acme', url)).toEqual([expected]);
    }
    expect(lines).toEqual([
      'public keys fetched',
      'public keys not fetched again; the last ones stay live',
      'public keys not fetched again; the last ones stay live',
      'public keys fetched',
    ]);
  });

  test('that are old are fetched beside the request, which does not wait', async () => {
    answers = ['key 1', 'key 2'];
    const keys = open();
    await keys.load();
    now = 60 * minute - 1;
    expect(keys.refreshIfOld('acme')).toBeUndefined();
    expect(asked).toHaveLength(1);
    now = 60 * minute;
    expect(keys.refreshIfOld('acme')).toBeUndefined();
    await new Promise(setImmediate);
    expect(keys.live('acme', url)).toEqual(['key 2']);
  });

  test('are fetched when a verification fails, at most once a minute', async () => {
    answers = ['key 1', 'key 2'];
    const keys = open();
    await keys.load();
    expect(await keys.refreshAfterFailure('acme')).toBe(false);
    now = minute;
    expect(await keys.refreshAfterFailure('other')).toBe(false);
    expect(await keys.refreshAfterFailure('acme')).toBe(true);
    now = 2 * minute;
    expect(await keys.refreshAfterFailure('acme')).toBe(false);
    expect(asked).toHaveLength(3);
  });

  test('one failing verification waits for them, the others do not', async () => {
    answers = ['key 1', 'key 2'];
    const keys = open();
    await keys.load();
    now = minute;
    const first = keys.refreshAfterFailure('acme');
    expect(await keys.refreshAfterFailure('acme')).toBe(false);
    expect(await first).toBe(true);
    expect(asked).toHaveLength(2);
  });
});

test('secrets and keys are asked for in one place', async () => {
  answers = ['key 1'];
  const secrets = fixedSecrets((_partner, name) => [`the secret ${name}`]);
  expect(await openKeys(secrets, { wanted: [], log })).toBe(secrets);
  const keys = open();
  const both = withKeys(secrets, keys);
  expect(both.state()).toHaveLength(1);
  await both.refreshIfOld('acme');
  expect(both.live('acme', url)).toEqual(['key 1']);
  expect(both.live('acme', 'token')).toEqual(['the secret token']);
  expect(both.loaded('acme', url)).toEqual([]);
  expect(both.state()).toEqual([]);
});

describe('a text is fetched', () => {
  let server: Server;
  afterEach(() => new Promise((resolve) => server.close(resolve)));
  const serve = async (listener: RequestListener) => {
    server = createServer(listener);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return `http://127.0.0.1:${(server.address() as { port: number }).port}`;
  };

  test('with redirections on the same host', async () => {
    const origin = await serve((request, response) =>
      request.url === '/a' ? response.writeHead(302, { location: '/b' }).end() : response.end('ключ'),
    );
    expect(await fetchText(`${origin}/a`, 'http:')).toBe('ключ');
  });

  test.each<[string, RequestListener, string]>([
    [
      'a redirection to another host',
      (_, response) => response.writeHead(302, { location: 'http://localhost/' }).end(),
      'redirects to another host, localhost',
    ],
    [
      'to another scheme',
      (request, response) => response.writeHead(302, { location: `https://${request.headers.host}/` }).end(),
      'https: is not http:',
    ],
    [
      'in a circle',
      (_, response) => response.writeHead(302, { location: '/' }).end(),
      'redirects more than 3 times',
    ],
    [
      'to nowhere',
      (_, response) => response.writeHead(302, { location: 'http://' }).end(),
      'redirects to no address',
    ],
    ['an error', (_, response) => response.writeHead(404).end('key'), 'answered 404'],
    ['a flood', (_, response) => response.end('k'.repeat(65_537)), 'is larger than 65536 bytes'],
  ])('but not: %s', async (_, listener, why) => {
    const origin = await serve(listener);
    await expect(fetchText(`${origin}/`, 'http:')).rejects.toThrow(why);
  });

  test('by https, unless a test says otherwise', async () => {
    const origin = await serve((_, response) => response.end('key'));
    await expect(fetchText(origin)).rejects.toThrow('http: is not https:');
  });
});
