import express, { type ErrorRequestHandler, type RequestHandler } from 'express';
import type { Log } from '../runtime/log.ts';
import { sendProblem } from '../runtime/problem.ts';
import { postbackOf } from './route.ts';

/** Reads the body whole and byte for byte, up to the partner's limit. What a signature covers must not be parsed or unpacked first. */
export function readBody(): RequestHandler {
  const readers = new Map<number, RequestHandler>();
  return (request, response, next) => {
    const { maxBody } = postbackOf(response).partner;
    let reader = readers.get(maxBody);
    if (!reader)
      readers.set(maxBody, (reader = express.raw({ type: () => true, limit: maxBody, inflate: false })));
    void reader(request, response, next);
  };
}

const problems: Record<string, [status: number, title: string]> = {
  'entity.too.large': [413, 'The body is larger than this partner may send'],
  'encoding.unsupported': [415, 'Send the body without Content-Encoding'],
  'request.aborted': [400, 'The body ended early'],
  'request.size.invalid': [400, 'The body is not as long as Content-Length says'],
};

/** Answers what went wrong while the body was read. Anything else is passed on. */
export function refuseBody(log: Log): ErrorRequestHandler {
  return (error: { type?: string }, request, response, next) => {
    const problem = problems[error.type ?? ''];
    if (!problem) return next(error);
    const [status, title] = problem;
    const bytes = Number(request.headers['content-length']);
    log.warn('turned away', { status, partner: postbackOf(response).partner.id, why: title, bytes });
    sendProblem(response, status, { title }, { connection: 'close' });
  };
}
