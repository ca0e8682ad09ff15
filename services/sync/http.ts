import { setTimeout as sleep } from 'node:timers/promises';
import { createHttpClient, HttpFailure, type Incoming, type Outgoing } from '../runtime/httpClient.ts';
import type { ConnectorContext } from './connector.ts';

/** A report that could not be fetched. The message ends with what to do, and holds no secret. */
export class FetchError extends Error {
  override name = 'FetchError';
}

interface Options {
  /** The network as people call it. */
  network: string;
  /** So many calls in so many milliseconds: what the network allows. */
  most: { calls: number; ms: number };
}

/** A conversation with a network whose report is fetched. */
export interface Conversation {
  /**
   * Sends what `make` makes, anew for each attempt, since a signature is dated. What passes by itself (no answer, 5xx, 429) is tried again,
   * after the time that the network asks for. Resolves to an answer below 500. Rejects with a FetchError.
   */
  send(make: () => Omit<Outgoing, 'deadline' | 'signal'>): Promise<Incoming>;
  close(): Promise<void>;
}

/** Milliseconds for one attempt, and the longest that we wait for the next: a run is taken up again later anyway. */
const times = { attempt: 60_000, longest: 120_000 };
const attempts = 5;

export function converse(
  { log, signal, wait = (ms) => sleep(ms, undefined, { signal }) }: ConnectorContext,
  { network, most }: Options,
): Conversation {
  const client = createHttpClient();
  const turn = createTurns(most, wait);

  async function attempt(make: () => Omit<Outgoing, 'deadline' | 'signal'>): Promise<Incoming | HttpFailure> {
    await turn();
    try {
      return await client.send({ ...make(), deadline: times.attempt, signal });
    } catch (error) {
      if (error instanceof HttpFailure && error.is === 'unreached') return error;
      throw error instanceof HttpFailure ? new FetchError(`${network}: ${error.message}`) : error;
    }
  }

  return {
    async send(make) {
      for (let n = 1; ; n++) {
        const came = await attempt(make);
        const why = whyAgain(came);
        if (why === undefined) return came as Incoming;
        const ms = pauseBefore(n, came);
        if (n === attempts || ms > times.longest) throw givenUp(network, why, ms);
        log.warn('report: trying again', { network, why, ms: Math.round(ms) });
        await wait(ms);
      }
    },
    close: () => client.close(),
  };
}

/** Why the same call may do a moment later; undefined where it is answered. */
function whyAgain(came: Incoming | HttpFailure): string | undefined {
  if (came instanceof HttpFailure) return came.message;
  if (came.status === 429) return 'it takes no more calls for now (HTTP 429)';
  return came.status >= 500 ? `it is in trouble (HTTP ${came.status})` : undefined;
}

/** Random, so that several runs do not come back together. */
function pauseBefore(n: number, came: Incoming | HttpFailure): number {
  const backOff = 1_000 * 2 ** (n - 1) * (0.5 + Math.random() / 2);
  if (came instanceof HttpFailure) return backOff;
  // Limits are counted by the minute: who says no time means the next one.
  const asked = came.retryAfter ?? (came.status === 429 ? 60_000 : 0);
  return Math.max(backOff, asked);
}

const givenUp = (network: string, why: string, ms: number) =>
  new FetchError(
    `${network}: ${why}${ms > times.longest ? `, and asks us to wait ${Math.round(ms / 60_000)} minutes` : ''}. ` +
      'What was not taken in is fetched by the next run; if it stays so, ask them',
  );

/** Lets so many calls through within so much time, and holds the next one back until it fits. */
function createTurns({ calls, ms }: Options['most'], wait: (ms: number) => Promise<unknown>) {
  let begun: number[] = [];
  return async () => {
    const first = begun.at(-calls);
    const left = first === undefined ? 0 : first + ms - performance.now();
    if (left > 0) await wait(left);
    begun = [...begun, performance.now()].slice(-calls);
  };
}

/** What stands in an answer. Throws a FetchError where it is no JSON: a page of a proxy, or of their shop. */
export function readJson(network: string, { status, contentType, text }: Incoming): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    const start = text.replace(/\s+/g, ' ').trim().slice(0, 80);
    const what = contentType.split(';')[0] || 'no content type';
    throw new FetchError(
      `${network}: the answer is not JSON but ${what} (HTTP ${status}): "${start}". ` +
        'Something between here and there answers in its place, or report.settings.host is wrong',
    );
  }
}

/** Where a network is reached: what the manifest says, or where it usually is. In clear only where it does not leave the machine. */
export function hostOf(settings: ConnectorContext['settings'], usual?: string): string {
  const host = settings.host ?? usual;
  if (host === undefined)
    throw new FetchError('report.settings.host is missing: it is the address of their API, https://..');
  if (/^https:\/\/[^/]+$/.test(host) || /^http:\/\/(127\.0\.0\.1|localhost|\[::1\]):\d+$/.test(host))
    return host;
  throw new FetchError(`report.settings.host: "${host}" is not like https://api.example.com`);
}

/** How wrong our clock is, for an error; undefined where it is right, or they did not tell their time. */
export function clockIsOff({ ahead }: Incoming, tolerance: number): string | undefined {
  if (ahead === undefined || Math.abs(ahead) <= tolerance) return undefined;
  const minutes = Math.round(Math.abs(ahead) / 60_000);
  const off = minutes > 0 ? `${minutes} minutes` : `${Math.round(Math.abs(ahead) / 1000)} seconds`;
  return `this machine's clock is ${off} ${ahead > 0 ? 'ahead of' : 'behind'} theirs: set it (timedatectl set-ntp true)`;
}
