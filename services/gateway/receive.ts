import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Decision } from '../manifest/decision.ts';
import type { LiveSecrets } from '../manifest/verify/proof.ts';
import type { Incoming } from '../manifest/read/request.ts';
import { traceOf } from '../runtime/google/trace.ts';
import { senderAddress } from './address.ts';
import { answer } from './answer.ts';
import type { GatewayParts } from './app.ts';
import { within } from '../runtime/within.ts';
import { journalFields } from './journal.ts';
import { createKeep, withoutKeeping, type Result } from './keep.ts';
import type { Postback } from './route.ts';

/** Decides (verify, read, normalize), keeps, and only then answers. A sender that has hung up meanwhile changes nothing. */
export function receive(parts: GatewayParts) {
  const { bus, secrets, log, trustedHops = 0, clock = () => new Date(), endsAt = () => undefined } = parts;
  const keep = createKeep(bus);

  return async (
    request: IncomingMessage,
    response: ServerResponse,
    postback: Postback,
    body: Buffer,
  ): Promise<void> => {
    const { partner, method, path, query } = postback;
    const address = senderAddress(request, trustedHops);
    const incoming: Incoming = { method, path, query, headers: request.headers, body, address };
    const live: LiveSecrets = (name) => secrets.live(partner.id, name);
    const now = clock();
    const trace = traceOf(request.headers);
    const times = { received: performance.now(), decided: 0 };
    let decision: Decision | undefined;
    const attempt = async (): Promise<Result> => {
      await secrets.refreshIfOld(partner.id);
      decision = partner.decide(incoming, live, now);
      // It may be signed with a secret that we do not know yet.
      if (decision.is === 'refused' && (await secrets.refreshAfterFailure(partner.id)))
        decision = partner.decide(incoming, live, now);
      times.decided = performance.now();
      return method === 'HEAD' ? withoutKeeping(decision) : keep(partner, decision, now);
    };
    let result: Result;
    try {
      // What is given up here may still be kept; the next try is then a repeat.
      const left = (endsAt() ?? Infinity) - performance.now();
      result = await within(Math.max(0, Math.min(partner.answerWithin, left)), attempt(), 'not kept');
    } catch (error) {
      // Whatever went wrong, a fault of our own too: the sender tries again, and the journal holds the request if it does not.
      result = { outcome: 'not kept', ids: [], why: String(error) };
      const masked = partner.mask(incoming, (name) => secrets.loaded(partner.id, name));
      const fields = journalFields(partner, decision, { receivedAt: now, why: result.why!, request: masked });
      log.error('journal', { ...fields, trace });
    }
    answer(response, partner, result);
    log.info(`${partner.id} ${result.outcome}`, { ...line(postback, incoming, result, times), trace });
  };
}

/** One wide line per postback: what came, what became of it, where the milliseconds went. No URL, no value of a parameter. */
function line(
  { partner, started }: Postback,
  incoming: Incoming,
  result: Result,
  { received, decided }: { received: number; decided: number },
) {
  const end = performance.now();
  const ms = (from: number, to: number) => Number((to - from).toFixed(2));
  return {
    partner: partner.id,
    outcome: result.outcome,
    ids: result.ids,
    ...(result.verified !== undefined && { verified: result.verified }),
    ...(result.why !== undefined && { why: result.why }),
    ...(result.reasons && { reasons: result.reasons.map(({ field, why }) => `${field} ${why}`) }),
    method: incoming.method,
    address: incoming.address,
    bytes: incoming.query.length + incoming.body.length,
    ms: ms(started, end),
    msBody: ms(started, received),
    msDecide: ms(received, decided || end),
    msKeep: decided ? ms(decided, end) : 0,
  };
}
