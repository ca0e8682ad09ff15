import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

/** A role of main.ts as a process of its own. */
export interface RoleProcess {
  url: string;
  port: number;
  child: ChildProcess;
  /** Everything it has printed. */
  output(): string;
  /** Sends a signal; resolves, when everything it printed is read, to the exit code, or the signal that ended it. */
  end(signal: NodeJS.Signals): Promise<number | string | null>;
}

export interface LocalProcess extends RoleProcess {
  secret(partner: string, name: string): string;
}

const sources = 'services/main.ts';

/** Dozens of tests start the sources: what Node made of them once need not be made again. Bundles have a cache of their own. */
export const ofSources = { NODE_COMPILE_CACHE: join(tmpdir(), 'linkshare-test-compile-cache') };

/** Starts a role of main.ts, or of a bundle of it, on a free loopback port, and resolves once it listens. */
export async function startRole(
  role: string,
  settings: NodeJS.ProcessEnv,
  script = sources,
  { node = process.execPath, ...as }: { node?: string; cwd?: string; uid?: number } = {},
): Promise<RoleProcess> {
  const child = spawn(node, [script, role], {
    ...as,
    env: { ...process.env, ...(script === sources && ofSources), PORT: '0', HOST: '127.0.0.1', ...settings },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let printed = '';
  // A character may come in two pieces.
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => (printed += text));
  // Not 'exit', after which its last lines may still be on their way.
  const exited = once(child, 'close') as Promise<[number | null, NodeJS.Signals | null]>;
  const listening = () => /(?:listens on |"url":")(http:\/\/127\.0\.0\.1:(\d+))/.exec(printed);
  while (!listening()) {
    const ended = await Promise.race([exited, sleep(20)]);
    if (ended) throw new Error(`LinkShare ended with ${ended[0] ?? ended[1]}:\n${printed}`);
  }
  const [, url = '', port] = listening()!;
  return {
    url,
    port: Number(port),
    child,
    output: () => printed,
    async end(signal) {
      child.kill(signal);
      const [code, by] = await exited;
      return code ?? by;
    },
  };
}

/** Starts LinkShare as `npm start` does. */
export async function startLinkShare(dataDir: string, more: NodeJS.ProcessEnv = {}): Promise<LocalProcess> {
  const secret = (partner: string, name: string) =>
    readFileSync(join(dataDir, 'secrets', partner, name), 'utf8');
  return { ...(await startRole('local', { ...more, DATA_DIR: dataDir })), secret };
}
