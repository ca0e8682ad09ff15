import type { ServerResponse } from 'node:http';
import { outcomes, type Outcome } from '../contract/outcome.ts';
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
  if (chosen) return sendText(response, chosen.status, chosen.body);
  const status = outcomes[outcome];
  switch (outcome) {
    case 'kept':
    case 'repeat':
    case 'probe':
      return sendText(response, status, 'OK');
    case 'quarantined': {
      const errors = reasons?.map(({ field, why }) => ({ field, why }));
      return sendProblem(response, status, { title: titles[outcome], ...(verified && errors && { errors }) });
    }
    case 'refused':
      return sendProblem(response, status, { title: titles[outcome] }, { 'www-authenticate': 'Postback' });
    case 'not kept':
      return sendProblem(response, status, { title: titles[outcome] }, { 'retry-after': '5' });
  }
}

const titles: Record<Exclude<Outcome, 'kept' | 'repeat' | 'probe'>, string> = {
  quarantined: 'Accepted and kept, but not readable yet; there is no need to send it again',
  refused: 'Not verified as coming from this partner',
  'not kept': 'Not kept; send it again',
};

function sendText(response: ServerResponse, status: number, body: string): void {
  response.writeHead(status, {
    'content-type': 'text/plain; charset=utf-8',
    'content-length': Buffer.byteLength(body),
    'cache-control': 'no-store',
  });
  response.end(body);
}
