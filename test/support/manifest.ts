import { compile, type Decision, type Partner } from '../../services/manifest/compile.ts';
import type { ConversionEvent } from '../../services/contract/event.ts';
import type { Reason } from '../../services/contract/records.ts';
import { validate } from '../../services/manifest/load/load.ts';
import type { Incoming } from '../../services/manifest/read/request.ts';
import type { LiveSecrets } from '../../services/manifest/verify/proof.ts';

export type Data = Record<string, unknown>;

/** The live value of every secret, if a test says nothing else. It stands for what must never be seen again. */
export const canary = 'canary-7f3a9c';
export const allCanary: LiveSecrets = () => [canary];
export const now = new Date('2026-11-24T12:00:00.000Z');

/** A small manifest as data: a token in a header, an id and a status. `fields` are added to it, everything else replaces. */
export function manifestData({ fields, ...changes }: Data = {}): Data {
  const status = { from: 'status', approved: 'ok', pending: 'new', ignored: 'ping' };
  return {
    id: 'acme',
    name: 'Acme',
    path: '/acme/event',
    verify: { secret: 'postback-token', at: 'header.x-token' },
    fields: { conversionId: 'id', status, ...(fields as Data) },
    ...changes,
  };
}

/** What is wrong with a small manifest so changed: `path: message`. */
export function problemsOf(changes: Data): string[] {
  const result = validate(manifestData(changes));
  return 'problems' in result
    ? result.problems.map(({ path, message }) => `${path.join('.')} | ${message}`)
    : [];
}

/** The small manifest so changed, compiled. */
export function partner(changes: Data = {}): Partner {
  const result = validate(manifestData(changes));
  if ('problems' in result) throw new Error(result.problems.map(({ message }) => message).join('\n'));
  return compile(result.manifest);
}

export interface Sent extends Partial<Omit<Incoming, 'body'>> {
  body?: string | Uint8Array;
  /** A form body. */
  form?: string;
  /** A JSON body: text as it is sent, anything else is written as JSON. */
  json?: unknown;
}

/** A request as the gateway hands it over; with the token in its header, unless `headers` are given. */
export function request({ form, json, body, ...rest }: Sent = {}): Incoming {
  const sent = form ?? (json === undefined ? body : typeof json === 'string' ? json : JSON.stringify(json));
  const type =
    form !== undefined
      ? 'application/x-www-form-urlencoded'
      : json !== undefined
        ? 'application/json'
        : undefined;
  return {
    method: sent === undefined ? 'GET' : 'POST',
    path: '/acme/event',
    query: '',
    ...rest,
    headers: { ...(type && { 'content-type': type }), 'x-token': canary, ...rest.headers },
    body: typeof sent === 'string' ? Buffer.from(sent) : (sent ?? new Uint8Array()),
  };
}

export function decide(
  to: Partner,
  sent: Sent,
  { secrets = allCanary, at = now }: { secrets?: LiveSecrets; at?: Date } = {},
): Decision {
  return to.decide(request(sent), secrets, at);
}

/** The events that a request became; what else it became is an error. */
export function eventsOf(decision: Decision): ConversionEvent[] {
  if (decision.is !== 'conversions') throw new Error(`no events: ${JSON.stringify(decision)}`);
  return decision.events;
}

/** The one event that a request to a small manifest with these fields becomes. */
export function eventOf(fields: Data, sent: Sent): ConversionEvent {
  const [event, ...more] = eventsOf(decide(partner({ fields }), sent));
  if (!event || more.length > 0) throw new Error(`${more.length + 1} events`);
  return event;
}

export function reasonsOf(decision: Decision): Reason[] {
  if (decision.is !== 'quarantined') throw new Error(`not quarantined: ${JSON.stringify(decision)}`);
  return decision.record.reasons;
}

/** Why a request to a small manifest with these fields cannot be read. */
export const whyNot = (fields: Data, sent: Sent): Reason[] => reasonsOf(decide(partner({ fields }), sent));
