import type { ServerResponse } from 'node:http';
import { outcomes, type Outcome } from '../contract/outcome.ts';
import type { Answer } from '../manifest/answers.ts';
import type { Partner } from '../manifest/compile.ts';
import { sendProblem } from '../runtime/problem.ts';
import type { Result } from './keep.ts';

/** Answers a partner as its manifest says, else as usual. Nothing in an answer comes from a request but the names of our own fields. */
export function answer(
  response: ServerResponse,
  { answers }: Partner,
  { outcome, reasons, verified }: Result,
): void {
  const chosen = answers[outcome];
  if (chosen) return sendChosen(response, chosen, headersOf(outcome, chosen.status));
  const status = outcomes[outcome];
  switch (outcome) {
    case 'kept':
    case 'repeat':
    case 'probe':
      return sendChosen(response, { status, type: 'text/plain; charset=utf-8', body: 'OK' });
    case 'quarantined': {
      const errors = reasons?.map(({ field, why }) => ({ field, why }));
      return sendProblem(response, status, { title: titles[outcome], ...(verified && errors && { errors }) });
    }
    case 'refused':
    case 'not kept':
      return sendProblem(response, status, { title: titles[outcome] }, headersOf(outcome, status));
  }
}

/** What HTTP wants beside a code, whatever the text: how to authenticate, and when to try again. */
function headersOf(outcome: Outcome, status: number): Record<string, string> {
  if (outcome === 'not kept') return { 'retry-after': '5' };
  return status === 401 ? { 'www-authenticate': 'Postback' } : {};
}

const titles: Record<Exclude<Outcome, 'kept' | 'repeat' | 'probe'>, string> = {
  quarantined: 'Accepted and kept, but not readable yet; there is no need to send it again',
  refused: 'Not verified as coming from this partner',
  'not kept': 'Not kept; send it again',
};

function sendChosen(
  response: ServerResponse,
  { status, type, body }: Answer,
  headers: Record<string, string> = {},
): void {
  response.writeHead(status, {
    ...(body !== '' && { 'content-type': type }),
    ...(status !== 204 && { 'content-length': Buffer.byteLength(body) }),
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
    ...headers,
  });
  response.end(body);
}
