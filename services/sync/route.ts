import express, { Router } from 'express';
import { operateSync, type SyncContext } from './operations.ts';

/** Milliseconds after which who waits is shown that it goes on: the command line gives up on silence after ten seconds. */
const sign = 3_000;

/** `POST /sync/OPERATION`, for the socket of a running server: who can reach that may do anything. A run may take an hour. */
export function syncRoute(context: SyncContext): Router {
  return Router().post('/sync/:operation', express.json(), async (request, response) => {
    response.writeHead(200, { 'content-type': 'application/json' });
    // White space before JSON is nothing.
    const timer = setInterval(() => response.write(' '), sign);
    const done = await operateSync(context, String(request.params.operation), request.body).then(
      (result) => ({ result }),
      (error: unknown) => ({ error: (error as Error).message }),
    );
    clearInterval(timer);
    response.end(JSON.stringify(done));
  });
}
