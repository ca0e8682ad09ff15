import { createHash } from 'node:crypto';
import { Router, type ErrorRequestHandler, type RequestHandler, type Response } from 'express';
import { z } from 'zod';
import { topics } from '../runtime/bus.ts';
import { readable, recentMessages } from '../runtime/embedded/bus.ts';
import type { Database } from '../runtime/embedded/database.ts';
import { sendProblem } from '../runtime/problem.ts';
import { overview } from './overview.ts';
import type { Sale, Sum } from './sales.ts';
import { style } from './style.ts';

interface ConsoleParts {
  db: Database;
  /** What the ledger makes of what came, newest first. */
  sales?: (limit: number) => Promise<readonly Sale[]>;
  /** What they bring: by currency of our commission. */
  sums?: () => Promise<readonly Sum[]>;
  /** For the Unix socket, which no browser can reach; elsewhere only a loopback Host is answered. */
  anyHost?: boolean;
}

const query = z.strictObject({
  topic: z.enum(topics).default('conversions'),
  limit: z.string().regex(/^\d+$/).transform(Number).pipe(z.number().min(1).max(200)).default(20),
  before: z
    .string()
    .regex(/^\d{1,15}$/)
    .transform(Number)
    .optional(),
});

/** `GET /` shows what came last and what became of it; `GET /events` gives the same as JSON. */
export function createConsole({ db, sales, sums, anyHost = false }: ConsoleParts): Router {
  const router = Router();
  const guard = anyHost ? pass : loopbackOnly;

  router.get('/', guard, async (_request, response) => {
    const [conversions = [], quarantined = [], refused = []] = await Promise.all(
      topics.map((topic) => recentMessages(db, { topic, limit: 50 })),
    );
    sendPage(
      response,
      overview({ sales: await sales?.(50), sums: await sums?.(), conversions, quarantined, refused }).text,
    );
  });

  router.get('/events', guard, async (request, response) => {
    const asked = query.safeParse(Object.fromEntries(new URLSearchParams(request.url.split('?')[1] ?? '')));
    if (!asked.success)
      return sendProblem(response, 400, {
        title: `topic is one of ${topics.join(', ')}; limit is 1 to 200; before is a seq`,
      });
    const messages = await recentMessages(db, asked.data);
    response.writeHead(200, { 'content-type': 'application/json', ...always });
    response.end(JSON.stringify(messages.map(readable)));
  });

  router.use(cannotShow);
  return router;
}

const always = { 'cache-control': 'no-store', 'x-content-type-options': 'nosniff' };

/** The page shows what strangers sent: nothing in it may run, load or be framed. */
const policy = `default-src 'none'; style-src 'sha256-${createHash('sha256').update(style).digest('base64')}'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'`;

function sendPage(response: Response, page: string): void {
  response.writeHead(200, {
    'content-type': 'text/html; charset=utf-8',
    'content-security-policy': policy,
    ...always,
  });
  response.end(page);
}

const pass: RequestHandler = (_request, _response, next) => next();

/**
 * A page on the internet can make its own name point to 127.0.0.1 and read us through the user's browser; its name is in Host. Who comes
 * over the network can write any Host, but not a loopback address; who comes through a proxy or tunnel is known by its headers.
 */
const loopbackOnly: RequestHandler = ({ headers, socket }, response, next) => {
  const host = (headers.host ?? '').toLowerCase().replace(/:\d+$/, '');
  const peer = (socket.remoteAddress ?? '').replace(/^::ffff:/, '');
  const isLocal = peer === '::1' || peer.startsWith('127.');
  const isForwarded = headers['x-forwarded-for'] !== undefined || headers.forwarded !== undefined;
  if (isLocal && !isForwarded && ['localhost', '127.0.0.1', '[::1]'].includes(host)) return next();
  sendProblem(response, 421, { title: 'The local pages are served on localhost only' });
};

/** Only this machine's users get here: they may read what is wrong with its database. Express would send them the stack. */
const cannotShow: ErrorRequestHandler = (error: unknown, _request, response, next) => {
  if (response.headersSent) return next(error);
  sendProblem(response, 500, { title: 'What was kept cannot be read now', detail: String(error) });
};
