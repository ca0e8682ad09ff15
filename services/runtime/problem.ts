import type { ServerResponse } from 'node:http';

/** RFC 9457 problem details. */
export interface ProblemDetails {
  title: string;
  detail?: string;
  errors?: { field: string; why: string }[];
}

/** Answers with problem details. Never cached: what is wrong now may be right the next time. */
export function sendProblem(
  response: ServerResponse,
  status: number,
  problem: ProblemDetails,
  headers: Record<string, string> = {},
): void {
  const body = JSON.stringify({ status, ...problem });
  response.writeHead(status, {
    'content-type': 'application/problem+json',
    'content-length': Buffer.byteLength(body),
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
    ...headers,
  });
  response.end(body);
}
