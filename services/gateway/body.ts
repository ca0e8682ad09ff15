import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Log } from '../runtime/log.ts';
import { sendProblem } from '../runtime/problem.ts';
import type { Postback } from './route.ts';

/** What is answered when a body cannot be had. */
export type BodyProblem = readonly [status: number, title: string];

const tooLarge: BodyProblem = [413, 'The body is larger than this partner may send'];
const packed: BodyProblem = [415, 'Send the body without Content-Encoding'];
const endedEarly: BodyProblem = [400, 'The body ended early'];

const none = Buffer.alloc(0);

/**
 * Reads the body whole and byte for byte, up to `most` bytes. What a signature covers must not be parsed or unpacked first. Resolves to
 * what is wrong with it otherwise; never rejects. Its length need not be compared with Content-Length: Node's parser sees to that.
 */
export function readBody(request: IncomingMessage, most: number): Promise<Buffer | BodyProblem> | Buffer {
  const { headers } = request;
  const length = headers['content-length'];
  if (length === undefined && headers['transfer-encoding'] === undefined) return none;
  if ((headers['content-encoding'] ?? 'identity').toLowerCase() !== 'identity')
    return Promise.resolve(packed);
  if (Number(length) > most) return Promise.resolve(tooLarge);
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    let bytes = 0;
    request.on('data', (chunk: Buffer) => {
      bytes += chunk.length;
      if (bytes <= most) return void chunks.push(chunk);
      request.pause();
      resolve(tooLarge);
    });
    request.on('end', () => resolve(chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks)));
    // After its end these say nothing new.
    request.on('error', () => resolve(endedEarly)).on('close', () => resolve(endedEarly));
  });
}

/** Answers what is wrong with a body. */
export function refuseBody(
  log: Log,
  request: IncomingMessage,
  response: ServerResponse,
  { partner }: Postback,
  [status, title]: BodyProblem,
): void {
  const bytes = Number(request.headers['content-length']);
  log.warn('turned away', { status, partner: partner.id, why: title, bytes });
  sendProblem(response, status, { title }, { connection: 'close' });
}
