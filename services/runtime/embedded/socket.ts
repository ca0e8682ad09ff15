import { request, type IncomingMessage } from 'node:http';
import { relative, resolve } from 'node:path';
import type { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';

/** macOS keeps a socket's path in 104 bytes with a zero at the end, Linux in 108; `.new` is added to it for a moment. */
const longestPath = 99;

/** Where the process that holds a data folder listens. Throws if the path is too long for a socket, even from here. */
export function socketPath(dataDir: string): string {
  const path = resolve(dataDir, 'linkshare.sock');
  const fitting = [path, relative('', path)].find((each) => Buffer.byteLength(each) <= longestPath);
  if (fitting === undefined)
    throw new Error(
      `DATA_DIR=${dataDir} is too long for a Unix socket (${longestPath} bytes with its name): take a shorter one`,
    );
  return fitting;
}

/** Milliseconds in which a process that holds the folder may say that it is not ready yet. */
const patience = 10_000;

/**
 * GETs a path from the process that holds a data folder, or POSTs JSON to it, and parses the JSON that it answers. Undefined if none
 * runs. Rejects if it answers with an error, or not within 10 s.
 */
export async function askServer(dataDir: string, path: string, json?: unknown): Promise<unknown> {
  const answer = await answerOf(dataDir, path, json === undefined ? undefined : JSON.stringify(json));
  return answer && (JSON.parse(await textOf(answer)) as unknown);
}

/** The same for an answer of any length, as it comes. Reading it fails where it is cut off, or nothing comes for 10 s. */
export async function streamServer(dataDir: string, path: string): Promise<Readable | undefined> {
  const answer = await answerOf(dataDir, path);
  return answer?.setEncoding('utf8');
}

async function answerOf(dataDir: string, path: string, body?: string): Promise<IncomingMessage | undefined> {
  const socket = socketPath(dataDir);
  const until = Date.now() + patience;
  for (;;) {
    const answer = await ask(socket, path, body);
    if (!answer || answer.statusCode === 200) return answer;
    const { statusCode: status } = answer;
    const title = titleOf(await textOf(answer));
    // What was asked for is wrong, and the title says how.
    if (status === 422) throw new Error(title);
    if (status !== 503 || Date.now() > until)
      throw new Error(`the running LinkShare answered ${status}: ${title}`);
    await sleep(100);
  }
}

/** Of problem details the title, of anything else the text. */
function titleOf(text: string): string {
  try {
    return (JSON.parse(text) as { title: string }).title;
  } catch {
    return text;
  }
}

/** Nobody made a socket, or who made it was killed. */
const nobodyThere = new Set(['ENOENT', 'ECONNREFUSED']);

function ask(
  socketPath: string,
  path: string,
  body: string | undefined,
): Promise<IncomingMessage | undefined> {
  const sent = body === undefined ? {} : { method: 'POST', headers: { 'content-type': 'application/json' } };
  return new Promise((resolve, reject) => {
    const asked = request({ socketPath, path, ...sent, agent: false, timeout: 10_000 }, resolve);
    asked.on('timeout', () => asked.destroy(new Error('the running LinkShare did not answer within 10 s')));
    asked.on('error', (error: NodeJS.ErrnoException) =>
      nobodyThere.has(error.code ?? '') ? resolve(undefined) : reject(error),
    );
    asked.end(body);
  });
}

async function textOf(response: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of response) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString();
}
