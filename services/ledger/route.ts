import express, { Router } from 'express';
import type { Log } from '../runtime/log.ts';
import { sendProblem } from '../runtime/problem.ts';
import { dumpInto } from './dump/stream.ts';
import { operate, type Context } from './operations.ts';
import type { Ledger } from './tables.ts';

/** `POST /ledger/OPERATION` with `{ who, args }`, for the socket of a running server: who can reach that may do anything. */
export function ledgerRoute(context: Omit<Context, 'who' | 'now'>): Router {
  return Router().post('/ledger/:operation', express.json({ limit: '32mb' }), async (request, response) => {
    const { who, args } = request.body as { who: string; args: unknown };
    try {
      const result = await operate(
        { ...context, who, now: new Date() },
        String(request.params.operation),
        args,
      );
      response.writeHead(200, { 'content-type': 'application/json' });
      response.end(JSON.stringify(result));
    } catch (error) {
      sendProblem(response, 422, { title: (error as Error).message });
    }
  });
}

/** `GET /dump`, for the same socket: all of the ledger, a line for each row. Cut off where it cannot be read to its end. */
export function dumpRoute(db: Ledger, log: Log): Router {
  return Router().get('/dump', async (_request, response) => {
    response.writeHead(200, { 'content-type': 'application/jsonl' });
    await dumpInto(response, db, new Date()).catch((error: unknown) => {
      log.warn('dump cut off', { why: String(error) });
    });
  });
}
