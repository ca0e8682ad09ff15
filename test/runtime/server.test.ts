import { once } from 'node:events';
import type { RequestListener } from 'node:http';
import { connect, createServer, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, it } from 'vitest';
import { startServer, type RunningServer } from '../../services/runtime/server.ts';

const running: RunningServer[] = [];
const sockets: Socket[] = [];
afterEach(async () => {
  sockets.splice(0).forEach((socket) => socket.destroy());
  await Promise.all(running.splice(0).map((server) => server.stop()));
});

type Limits = Partial<Parameters<typeof startServer>[1]>;

async function start(listener: RequestListener, limits: Limits = {}): Promise<RunningServer> {
  const server = await startServer(listener, { host: '127.0.0.1', port: 0, ...limits });
  running.push(server);
  return server;
}

/** A connection that notes what comes and when it ended. */
function dial(port: number) {
  const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: false });
  sockets.push(socket);
  let text = '';
  socket.on('data', (data: Buffer) => (text += data.toString())).on('error', () => {});
  const ended = new Promise<string>((resolve) => socket.once('close', () => resolve(text)));
  const until = async (part: string) => {
    while (!text.includes(part)) await sleep(5);
    return text;
  };
  return { socket, ended, until, text: () => text };
}

const request = (path = '/') => `GET ${path} HTTP/1.1\r\nHost: x\r\n\r\n`;

/** A listener whose answers wait until told to go on. */
function slow() {
  const waiting: (() => void)[] = [];
  const begun: string[] = [];
  const listener: RequestListener = (asked, response) => {
    begun.push(asked.url!);
    waiting.push(() => response.end(`done ${asked.url}`));
  };
  const hasBegun = async (count: number) => {
    while (begun.length < count) await sleep(5);
  };
  return { listener, begun, hasBegun, goOn: () => waiting.splice(0).forEach((go) => go()) };
}

describe('what is no request', () => {
  const never: RequestListener = () => expect.unreachable();
  const problem = (text: string) => {
    const [head = '', body = ''] = text.split('\r\n\r\n');
    expect(head).toMatch(/content-type: application\/problem\+json/i);
    expect(head).toMatch(/cache-control: no-store/i);
    expect(head).toMatch(/connection: close/i);
    return (JSON.parse(body) as { status: number }).status;
  };

  it.each([
    ['headers of more than 16 kB', `GET / HTTP/1.1\r\nHost: x\r\nX: ${'x'.repeat(1_000_000)}\r\n\r\n`, 431],
    ['a URL of more than 16 kB', request(`/${'x'.repeat(17_000)}`), 431],
    ['garbage', 'hello\r\n\r\n', 400],
    ['a TLS hello', '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03', 400],
    ['no Host', 'GET / HTTP/1.1\r\n\r\n', 400],
    ['two lengths', 'POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab', 400],
  ])('%s is answered as problem details, and the connection closed', async (_what, bytes, status) => {
    const { port } = await start(never);
    const client = dial(port);
    client.socket.write(bytes, 'latin1');
    const text = await client.ended;
    expect(text).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
    expect(problem(text)).toBe(status);
  });

  it('who goes on sending and reads late still gets the answer', async () => {
    const { port } = await start(never);
    const client = dial(port);
    client.socket.pause();
    for (let i = 0; i < 10; i++) {
      client.socket.write(i === 0 ? `GET / HTTP/1.1\r\nX: ${'x'.repeat(20_000)}` : 'x'.repeat(20_000));
      await sleep(10);
    }
    client.socket.resume();
    expect(problem(await client.ended)).toBe(431);
  });

  it('headers that do not come are answered 408', async () => {
    const { port } = await start(never, { headersTimeout: 100, requestTimeout: 1000 });
    const client = dial(port);
    client.socket.write('GET / HTTP/1.1\r\nHost: x\r\n');
    expect(problem(await client.ended)).toBe(408);
  });

  it('a connection that goes away in the middle harms nobody', async () => {
    const { port } = await start((_request, response) => void response.end('ok'));
    for (let i = 0; i < 20; i++) {
      const { socket } = dial(port);
      socket.write(i % 2 ? 'GET / HT' : `GET / HTTP/1.1\r\nX: ${'x'.repeat(20_000)}`, () =>
        socket.resetAndDestroy(),
      );
      await once(socket, 'close');
    }
    const client = dial(port);
    client.socket.write(request());
    expect(await client.until('ok')).toContain('200 OK');
  });

  it('garbage after a request does not take its answer away', async () => {
    const { listener, hasBegun, goOn } = slow();
    const { port } = await start(listener);
    const client = dial(port);
    client.socket.write(request('/sale') + 'garbage\r\n\r\n');
    await hasBegun(1);
    goOn();
    expect(await client.ended).toMatch(/^HTTP\/1.1 200 OK[\s\S]*done \/sale$/);
  });
});

describe('stop', () => {
  it('finishes and answers what is in flight, and tells its connection to close', async () => {
    const { listener, hasBegun, goOn } = slow();
    const server = await start(listener);
    const client = dial(server.port);
    client.socket.write(request('/sale'));
    await hasBegun(1);
    let stopped = false;
    const stopping = server.stop().then(() => (stopped = true));
    await sleep(100);
    expect(stopped).toBe(false);
    goOn();
    const text = await client.ended;
    await stopping;
    expect(text).toMatch(/^HTTP\/1.1 200 OK[\s\S]*connection: close[\s\S]*done \/sale$/i);
  });

  it('answers every one of two requests that were sent together', async () => {
    const { listener, hasBegun, goOn } = slow();
    const server = await start(listener);
    const client = dial(server.port);
    client.socket.write(request('/first') + request('/second'));
    await hasBegun(2);
    const stopping = server.stop();
    goOn();
    expect(await client.ended).toMatch(
      /^HTTP\/1.1 200 OK[\s\S]*done \/first[\s\S]*HTTP\/1.1 200 OK[\s\S]*done \/second$/,
    );
    await stopping;
  });

  it('finishes a body that is still on its way in', async () => {
    const server = await start((asked, response) => {
      let length = 0;
      asked
        .on('data', (data: Buffer) => (length += data.length))
        .on('end', () => response.end(`got ${length}`));
    });
    const client = dial(server.port);
    client.socket.write('POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\n12345');
    await sleep(50);
    const stopping = server.stop();
    await sleep(50);
    client.socket.write('67890');
    expect(await client.ended).toContain('got 10');
    await stopping;
  });

  it('accepts no new connection', async () => {
    const { listener, hasBegun, goOn } = slow();
    const server = await start(listener);
    dial(server.port).socket.write(request());
    await hasBegun(1);
    const stopping = server.stop();
    await sleep(50);
    const late = connect(server.port, '127.0.0.1');
    const [error] = (await once(late, 'error')) as [NodeJS.ErrnoException];
    expect(error.code).toBe('ECONNREFUSED');
    goOn();
    await stopping;
  });

  it('finishes and answers a request that was already on its way: it may be a sale', async () => {
    const server = await start((_request, response) => void response.end('ok'));
    const client = dial(server.port);
    client.socket.write(request());
    await client.until('ok');
    client.socket.write(request());
    await server.stop();
    const second = (await client.ended).split('ok')[1];
    expect(second).toMatch(/^HTTP\/1.1 200 OK[\s\S]*connection: close/i);
    expect((await client.ended).split('ok')).toHaveLength(3);
  });

  it('answers one that follows, on its connection, another that is in flight', async () => {
    const { listener, hasBegun, goOn } = slow();
    const server = await start(listener);
    const client = dial(server.port);
    client.socket.write(request('/first'));
    await hasBegun(1);
    const stopping = server.stop();
    client.socket.write(request('/second'));
    await hasBegun(2);
    goOn();
    expect(await client.ended).toMatch(/done \/first[\s\S]*connection: close[\s\S]*done \/second$/i);
    await stopping;
  });

  it('closes at once what is idle: kept alive, or silent since it was opened', async () => {
    const server = await start((_request, response) => void response.end('ok'));
    const idle = dial(server.port);
    idle.socket.write(request());
    await idle.until('ok');
    const silent = dial(server.port);
    await once(silent.socket, 'connect');
    await sleep(20);
    const before = performance.now();
    await server.stop();
    expect(performance.now() - before).toBeLessThan(4_000);
    await Promise.all([idle.ended, silent.ended]);
  });

  it('ends a connection whose answer began before it, and said keep-alive', async () => {
    let end = () => {};
    const server = await start((_request, response) => {
      response.write('begun ');
      end = () => response.end('and done');
    });
    const client = dial(server.port);
    client.socket.write(request());
    await client.until('begun');
    const before = performance.now();
    const stopping = server.stop();
    await sleep(20);
    end();
    expect(await client.ended).toContain('and done');
    await stopping;
    expect(performance.now() - before).toBeLessThan(4_000);
  });

  it('cuts off after a while who does not finish sending', async () => {
    const server = await start((asked) => void asked.resume(), { stopWithin: 200 });
    const client = dial(server.port);
    client.socket.write('POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\n1');
    await sleep(50);
    await server.stop();
    expect(await client.ended).toBe('');
  });
});

describe('startServer', () => {
  const ok: RequestListener = (_request, response) => void response.end('ok');

  it('says what to do when the port is taken', async () => {
    const { port } = await start(ok);
    await expect(startServer(ok, { host: '127.0.0.1', port })).rejects.toThrow(
      new RegExp(`^port ${port} is taken: .*set PORT to another`),
    );
  });

  it('says what to do when the host is not ours', async () => {
    await expect(startServer(ok, { host: '192.0.2.1', port: 0 })).rejects.toThrow(
      'HOST=192.0.2.1 is no address of this machine',
    );
  });

  it('gives a URL for a browser on this machine when it listens on every address', async () => {
    const { url, port } = await start(ok, { host: '0.0.0.0' });
    expect(url).toBe(`http://localhost:${port}`);
  });

  it('gives a URL that works, on IPv6 too where there is one', async () => {
    const { url, port } = await start(ok);
    expect(url).toBe(`http://127.0.0.1:${port}`);
    const probe = createServer();
    const hasV6 = await new Promise<boolean>((resolve) => {
      probe.once('error', () => resolve(false)).listen(0, '::1', () => resolve(true));
    });
    probe.close();
    const urls = [url, ...(hasV6 ? [(await start(ok, { host: '::1' })).url] : [])];
    for (const each of urls) expect(await (await fetch(each)).text()).toBe('ok');
  });
});
