import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Partner } from '../manifest/compile.ts';
import type { Log } from '../runtime/log.ts';
import { sendProblem } from '../runtime/problem.ts';

/** A request on its way: whose it is, and where it came. */
export interface Postback {
  partner: Partner;
  method: string;
  path: string;
  query: string;
  /** performance.now() at its arrival. */
  started: number;
}

const methods = ['GET', 'POST', 'HEAD'];

/**
 * Finds the partner that owns the path. Undefined if it has answered: 404 if none does, 405 for a method that no postback uses.
 */
export function route(partners: readonly Partner[], log: Log) {
  return (request: IncomingMessage, response: ServerResponse): Postback | undefined => {
    const { method = '', url = '' } = request;
    const at = url.indexOf('?');
    const path = at < 0 ? url : url.slice(0, at);
    const query = at < 0 ? '' : url.slice(at + 1);
    const partner = partners.find(({ owns }) => owns(path));
    if (!partner) {
      log.warn('turned away', { status: 404, method });
      sendProblem(response, 404, { title: 'No partner has this path' });
      return undefined;
    }
    if (!methods.includes(method)) {
      log.warn('turned away', { status: 405, partner: partner.id, method });
      sendProblem(response, 405, { title: 'Send GET, POST or HEAD' }, { allow: methods.join(', ') });
      return undefined;
    }
    return { partner, method, path, query, started: performance.now() };
  };
}
