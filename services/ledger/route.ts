import express, { Router } from 'express';
import { sendProblem } from '../runtime/problem.ts';
import { operate, type Context } from './operations.ts';

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
