import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Secrets } from '../runtime/secrets.ts';

/**
 * `/health/live` and `/health/ready`: Cloud Run keeps some paths that end in z to itself (/healthz never arrives). A gateway that lacks
 * a secret or a key is degraded but takes requests: they are answered 503 and journaled, which a load balancer could not do for it. One
 * that is about to end is not ready. Gives whether the request was one of these and is answered.
 */
export function health(secrets: Secrets, isStopping: () => boolean) {
  return ({ url, method }: IncomingMessage, response: ServerResponse): boolean => {
    if (!url?.startsWith('/health/') || (method !== 'GET' && method !== 'HEAD')) return false;
    const path = url.split('?')[0];
    if (path !== '/health/live' && path !== '/health/ready') return false;
    const ready = path === '/health/ready';
    const status = ready && isStopping() ? 503 : 200;
    response.writeHead(status, { 'content-type': 'text/plain', 'cache-control': 'no-store' });
    response.end(ready ? stateOf(secrets, status) : 'OK');
    return true;
  };
}

function stateOf(secrets: Secrets, status: number): string {
  if (status === 503) return 'stopping';
  return secrets.state().length > 0
    ? 'degraded: a secret or a public key is missing, the log says which'
    : 'OK';
}
