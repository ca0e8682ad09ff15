import express, { type ErrorRequestHandler, type Express } from 'express';
import type { Partner } from '../manifest/compile.ts';
import type { Bus } from '../runtime/bus.ts';
import type { Log } from '../runtime/log.ts';
import type { Secrets } from '../runtime/secrets.ts';
import { sendProblem } from '../runtime/problem.ts';
import { readBody, refuseBody } from './body.ts';
import { health } from './health.ts';
import { receive } from './receive.ts';
import { route } from './route.ts';

export interface GatewayParts {
  partners: readonly Partner[];
  bus: Bus;
  secrets: Secrets;
  log: Log;
  /** How many proxies in front of us add to X-Forwarded-For. */
  trustedHops?: number;
  clock?: () => Date;
}

/** A postback's whole way: whose is it → its body → verify, read, normalize, keep, answer, log. */
export function createGateway(parts: GatewayParts): Express {
  const app = express();
  // Queries are the manifest's to read and an ETag of "OK" helps nobody: without these express answers twice as fast.
  app.disable('x-powered-by').disable('etag').disable('query parser');
  app.use('/health', health(parts.secrets));
  app.use(route(parts.partners, parts.log));
  app.use(readBody());
  app.use(receive(parts));
  app.use(refuseBody(parts.log));
  app.use(lastResort(parts.log));
  return app;
}

/** What no one foresaw is a fault of ours: the sender is told to try again, and no stack leaves the house. */
function lastResort(log: Log): ErrorRequestHandler {
  return (error: unknown, _request, response, next) => {
    log.error('fault', { why: String(error) });
    if (response.headersSent) return next(error);
    sendProblem(
      response,
      503,
      { title: 'Not kept; send it again' },
      { 'retry-after': '5', connection: 'close' },
    );
  };
}
