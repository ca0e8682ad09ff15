import { Router } from 'express';
import type { Secrets } from '../runtime/secrets.ts';

/**
 * `/health/live` and `/health/ready`: Cloud Run keeps some paths that end in z to itself (/healthz never arrives). A gateway that lacks
 * a secret is degraded but takes requests: they are answered 503 and journaled, which a load balancer could not do for it.
 */
export function health(secrets: Secrets): Router {
  const router = Router();
  for (const path of ['/live', '/ready'])
    router.get(path, (_request, response) => {
      const degraded = path === '/ready' && secrets.state().length > 0;
      response.writeHead(200, { 'content-type': 'text/plain', 'cache-control': 'no-store' });
      response.end(degraded ? 'degraded: a secret is missing, the log says which' : 'OK');
    });
  return router;
}
