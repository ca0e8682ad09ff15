import type { ServerResponse } from 'node:http';
import { answer } from '../../gateway/answer.ts';
import { createKeep, withoutKeeping, type Result } from '../../gateway/keep.ts';
import type { Decision, Partner } from '../../manifest/compile.ts';
import type { Incoming } from '../../manifest/read/request.ts';
import type { LiveSecrets } from '../../manifest/verify/proof.ts';
import type { Bus } from '../../runtime/bus.ts';

/** What a gateway would have made of a request. */
export interface Tried {
  status: number;
  body: string;
  /** Without these it was turned away before the manifest was asked: `body` says why. */
  result?: Result;
  decision?: Decision;
}

export type Trial = (request: Incoming, secrets: LiveSecrets, now: Date) => Promise<Tried>;

/** Does with requests what a gateway does, in memory: a second one may be a repeat of the first. Nothing is published. */
export function createTrial(partner: Partner): Trial {
  const bus = memoryBus();
  const keep = createKeep(bus);
  return async (request, secrets, now) => {
    const turnedAway = turnAway(partner, request);
    if (turnedAway) return turnedAway;
    bus.now = now;
    const decision = partner.decide(request, secrets, now);
    const result = request.method === 'HEAD' ? withoutKeeping(decision) : await keep(partner, decision, now);
    return { ...answerOf(partner, result), result, decision };
  };
}

/** What the gateway answers before it asks a manifest. */
function turnAway(partner: Partner, { method, path, body, headers }: Incoming): Tried | undefined {
  if (!partner.owns(path)) return { status: 404, body: `${path} is no path of ${partner.id}` };
  if (!['GET', 'POST', 'HEAD'].includes(method)) return { status: 405, body: `${method} is not taken: send GET, POST or HEAD` }; // prettier-ignore
  if (body.length > partner.maxBody) return { status: 413, body: `the body is larger than ${partner.maxBody} bytes` }; // prettier-ignore
  const packed = body.length > 0 && String(headers['content-encoding'] ?? 'identity') !== 'identity';
  return packed ? { status: 415, body: 'the body is packed: send it without Content-Encoding' } : undefined;
}

/** Remembers when it kept what. */
function memoryBus(): Bus & { now: Date } {
  const kept = new Map<string, Date>();
  const bus: Bus & { now: Date } = {
    now: new Date(0),
    async publish(topic, messages) {
      for (const { id } of messages) kept.set(`${topic} ${id}`, bus.now);
    },
    lastKept: async (topic, ids) =>
      new Map(ids.flatMap((id) => (kept.has(`${topic} ${id}`) ? [[id, kept.get(`${topic} ${id}`)!]] : []))),
    close: () => Promise.resolve(),
  };
  return bus;
}

function answerOf(partner: Partner, result: Result): { status: number; body: string } {
  const said = { status: 0, body: '' };
  // The two methods by which the gateway answers.
  const response = {
    writeHead: (status: number) => void (said.status = status),
    end: (body: string) => void (said.body = body),
  };
  answer(response as unknown as ServerResponse, partner, result);
  return said;
}
