import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createSender, type SenderOptions } from '../../../services/ledger/outbound/send.ts';
import { hangs, startStandIn, status, toStandIn, type StandIn } from './standin.ts';

describe('a sender', () => {
  let publisher: StandIn;
  beforeEach(async () => (publisher = await startStandIn()));
  afterEach(() => publisher.stop());

  async function send(to: string, options: SenderOptions = {}) {
    const sender = createSender({ ...toStandIn, ...options });
    try {
      return await sender.send({ method: 'GET', url: new URL(to), headers: {}, body: null });
    } finally {
      await sender.close();
    }
  }

  it('sends, and says what was answered', async () => {
    publisher.answers(status(202, { 'retry-after': '3' }, 'thanks'));
    expect(await send(`${publisher.url}/a?b=c`)).toMatchObject({
      status: 202,
      text: 'thanks',
      retryAfter: '3',
      error: null,
    });
    expect(publisher.received).toMatchObject([{ method: 'GET', url: '/a?b=c' }]);
  });

  it.each<[string, SenderOptions, string]>([
    ['http', { http: false }, 'not sent: only https is allowed'],
    ['this machine', { addresses: [] }, 'not sent: 127.0.0.1 is loopback'],
  ])('calls not %s unless a setting lets it', async (_, options, error) => {
    expect(await send(publisher.url, options)).toMatchObject({ status: null, error });
    expect(publisher.received).toEqual([]);
  });

  it.each([
    'http://169.254.169.254/',
    'http://[::1]/',
    'http://[::ffff:10.0.0.1]/',
    'http://0/',
    'http://017700000001/',
  ])('calls not %s', async (url) => {
    expect(await send(url, { addresses: [] })).toMatchObject({
      status: null,
      error: expect.stringMatching(/^not sent: .* is \w+$/),
    });
  });

  it('calls no name that leads to a private address', async () => {
    const options = { addresses: [], resolve: async () => ['127.0.0.1'] };
    const to = publisher.url.replace('127.0.0.1', 'p.example');
    expect(await send(to, options)).toMatchObject({ error: 'not sent: p.example (127.0.0.1) is loopback' });
    expect(publisher.received).toEqual([]);
  });

  it('looks a name up once for a connection, and refuses another address the second time', async () => {
    const answers = [['127.0.0.1'], ['169.254.169.254'], ['127.0.0.1']];
    let asked = 0;
    const sender = createSender({ ...toStandIn, resolve: async () => answers[asked++]! });
    publisher.answers(status(200, { connection: 'close' }));
    const url = new URL(publisher.url.replace('127.0.0.1', 'p.example'));
    const one = () => sender.send({ method: 'GET', url, headers: {}, body: null });
    expect(await one()).toMatchObject({ status: 200 });
    expect(asked).toBe(1);
    expect(await one()).toMatchObject({
      status: null,
      error: 'not sent: p.example (169.254.169.254) is linkLocal',
    });
    expect(await one()).toMatchObject({ status: 200 });
    expect(asked).toBe(3);
    await sender.close();
  });

  it('says so of a name that has no address', async () => {
    const resolve = () => Promise.reject(new Error('p.example has no address'));
    expect(await send('https://p.example', { resolve })).toMatchObject({
      status: null,
      error: 'p.example has no address',
    });
  });

  it('follows no redirect', async () => {
    publisher.answers(status(302, { location: 'http://169.254.169.254/latest/meta-data' }, 'there'));
    expect(await send(publisher.url)).toMatchObject({ status: 302, text: 'there' });
    publisher.answers(status(307, { location: `${publisher.url}/other` }));
    expect(await send(publisher.url)).toMatchObject({ status: 307 });
    expect(publisher.received).toHaveLength(2);
  });

  it('waits for no longer than it may, wherever the other stands still', async () => {
    const late = { status: null, error: 'no answer within 0.3 s' };
    publisher.answers(hangs);
    expect(await send(publisher.url, { timeout: 300 })).toMatchObject(late);
    publisher.answers((_, response) => setTimeout(() => response.end('OK'), 30_000).unref());
    expect(await send(publisher.url, { timeout: 300 })).toMatchObject(late);
    publisher.answers((_, response) => response.writeHead(200).write('half'));
    expect(await send(publisher.url, { timeout: 300 })).toMatchObject({
      status: 200,
      text: 'half',
      error: late.error,
    });
    expect(
      await send('http://p.example', { timeout: 300, resolve: () => new Promise(() => {}) }),
    ).toMatchObject(late);
  });

  it('reads no more than 64 kB of 100 MB', async () => {
    let written = 0;
    const closed = new Promise<void>((resolve) =>
      publisher.answers((_, response) => {
        const piece = Buffer.alloc(1_000_000, 'x');
        const more = (): unknown => (written++ < 100 ? response.write(piece, () => more()) : response.end());
        response.on('close', resolve).writeHead(200);
        more();
      }),
    );
    const { status: answered, text, error } = await send(publisher.url);
    expect({ answered, length: text.length, error }).toEqual({ answered: 200, length: 65_536, error: null });
    await closed;
    expect(written).toBeLessThan(100);
  });

  it.each<[string, Parameters<StandIn['answers']>[0]]>([
    ['hangs up', (_, response) => response.destroy()],
    ['speaks no HTTP', (_, response) => response.socket!.end('hello\r\n\r\n')],
    [
      'sends 1 MB of headers',
      (_, response) => response.socket!.end(`HTTP/1.1 200 OK\r\nx: ${'x'.repeat(1_000_000)}\r\n\r\n`),
    ],
  ])('survives one that %s', async (_, answerer) => {
    publisher.answers(answerer);
    expect(await send(publisher.url)).toMatchObject({ status: null, error: expect.stringMatching(/./) });
  });

  it('says nothing of the path or query where it fails: they may hold a token', async () => {
    await publisher.stop();
    const { error } = await send(`${publisher.url}/secret?token=secret`);
    expect(error).toContain('ECONNREFUSED');
    expect(error).not.toContain('secret');
    publisher = await startStandIn();
  });
});
