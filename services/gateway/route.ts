import type { RequestHandler, Response } from 'express';
import type { Partner } from '../manifest/compile.ts';
import type { Log } from '../runtime/log.ts';
import { sendProblem } from '../runtime/problem.ts';

/** A request on its way: whose it is, and where it came. */
export interface Postback {
  partner: Partner;
  path: string;
  query: string;
  /** performance.now() at its arrival. */
  started: number;
}

const methods = ['GET', 'POST', 'HEAD'];

/** Finds the partner that owns the path: 404 if none does, 405 for a method that no postback uses. */
export function route(partners: readonly Partner[], log: Log): RequestHandler {
  return (request, response, next) => {
    const at = request.url.indexOf('?');
    const path = at < 0 ? request.url : request.url.slice(0, at);
    const query = at < 0 ? '' : request.url.slice(at + 1);
    const partner = partners.find(({ owns }) => owns(path));
    if (!partner) {
      log.warn('turned away', { status: 404, method: request.method });
      return sendProblem(response, 404, { title: 'No partner has this path' });
    }
    if (!methods.includes(request.method)) {
      log.warn('turned away', { status: 405, partner: partner.id, method: request.method });
      return sendProblem(response, 405, { title: 'Send GET, POST or HEAD' }, { allow: methods.join(', ') });
    }
    response.locals.postback = { partner, path, query, started: performance.now() } satisfies Postback;
    next();
  };
}

export const postbackOf = (response: Response) => response.locals.postback as Postback;
