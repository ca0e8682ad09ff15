import { spawn } from 'node:child_process';
import { randomBytes, timingSafeEqual } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { platform } from 'node:os';
import { authorizeUrl } from '../../linkshare/auth.ts';
import { UsageError } from '../../linkshare/errors.ts';
import { within } from '../../runtime/within.ts';
import { exchange, type Session } from './session.ts';

interface Options {
  port: string;
  open: boolean;
  wait: string;
}

/** Opens the page, listens on loopback for the browser to come back with our `state`, and exchanges the code it brings. */
export async function login(session: Session, { port, open, wait }: Options): Promise<void> {
  const { screen, app } = session;
  const state = randomBytes(24).toString('base64url');
  const code = Promise.withResolvers<string>();
  const server = createServer((request, response) => answer(request, response, state, code));
  server.listen(whole(port, 65_535, '--port'), '127.0.0.1');
  await once(server, 'listening');
  const page = authorizeUrl(app.appKey, state);
  screen.note(`listening on http://127.0.0.1:${(server.address() as AddressInfo).port}/callback`);
  screen.note(`open as the creator: ${page}`);
  if (open) openBrowser(page);
  try {
    await exchange(
      session,
      await within(whole(wait, 86_400, '--wait') * 1000, code.promise, 'the creator did not come back'),
    );
  } finally {
    server.closeAllConnections();
    server.close();
  }
}

function whole(text: string, most: number, option: string): number {
  if (/^\d+$/.test(text) && Number(text) <= most) return Number(text);
  throw new UsageError(`${option} is a whole number up to ${most}.`);
}

/** Whoever brings another state was sent by somebody else: their code would make us work for their account. */
function answer(
  request: IncomingMessage,
  response: ServerResponse,
  state: string,
  code: PromiseWithResolvers<string>,
): void {
  const { pathname, searchParams } = new URL(request.url ?? '/', 'http://localhost');
  const say = (status: number, text: string) =>
    response
      .writeHead(status, {
        'content-type': 'text/plain; charset=utf-8',
        'cache-control': 'no-store',
        connection: 'close',
      })
      .end(text);
  if (pathname !== '/callback') return void say(404, 'LinkShare waits at /callback.');
  if (!equal(searchParams.get('state') ?? '', state))
    return void say(400, 'This does not come from the page that LinkShare opened. Nothing was done.');
  const brought = searchParams.get('code');
  if (!brought) {
    say(400, 'TikTok sent no code: the creator did not agree. You can close this page.');
    return code.reject(new Error('the creator did not agree: TikTok sent no code'));
  }
  say(200, 'LinkShare has what it needs. You can close this page.');
  response.once('close', () => code.resolve(brought));
}

function equal(a: string, b: string): boolean {
  const [one, other] = [Buffer.from(a), Buffer.from(b)];
  return one.length === other.length && timingSafeEqual(one, other);
}

/** A machine without a browser has the address on its screen. */
function openBrowser(page: string): void {
  const [command, ...args] = { darwin: ['open'], win32: ['cmd', '/c', 'start', ''] }[
    platform() as string
  ] ?? ['xdg-open'];
  spawn(command!, [...args, page], { stdio: 'ignore', detached: true })
    .on('error', () => undefined)
    .unref();
}
