import { request, type IncomingMessage } from 'node:http';
import { relative, resolve } from 'node:path';
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
  const socket = socketPath(dataDir);
  const until = Date.now() + patience;
  for (;;) {
    const answer = await ask(socket, path, json === undefined ? undefined : JSON.stringify(json));
    if (!answer) return undefined;
    if (answer.status === 200) return JSON.parse(answer.text) as unknown;
    // What was asked for is wrong, and the title says how.
    if (answer.status === 422) throw new Error(titleOf(answer.text));
    if (answer.status !== 503 || Date.now() > until)
      throw new Error(`the running LinkShare answered ${answer.status}: ${titleOf(answer.text)}`);
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
): Promise<{ status: number; text: string } | undefined> {
  const sent = body === undefined ? {} : { method: 'POST', headers: { 'content-type': 'application/json' } };
  return new Promise((resolve, reject) => {
    const asked = request({ socketPath, path, ...sent, agent: false, timeout: 10_000 }, (response) => {
      textOf(response).then((text) => resolve({ status: response.statusCode ?? 0, text }), reject);
    });
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
