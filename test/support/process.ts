import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

export interface LocalProcess {
  url: string;
  port: number;
  child: ChildProcess;
  /** Everything it has printed. */
  output(): string;
  secret(partner: string, name: string): string;
  /** Sends a signal and resolves to the exit code, or the signal that ended it. */
  end(signal: NodeJS.Signals): Promise<number | string | null>;
}

/** Starts a role of main.ts on a free loopback port, and resolves once it listens. */
export async function startRole(
  role: string,
  settings: NodeJS.ProcessEnv,
): Promise<Omit<LocalProcess, 'secret'>> {
  const child = spawn(process.execPath, ['services/main.ts', role], {
    env: { ...process.env, PORT: '0', HOST: '127.0.0.1', ...settings },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let printed = '';
  child.stdout.on('data', (data: Buffer) => (printed += data.toString()));
  child.stderr.on('data', (data: Buffer) => (printed += data.toString()));
  const exited = once(child, 'exit') as Promise<[number | null, NodeJS.Signals | null]>;
  const listening = () => /(?:listens on |"url":")(http:\/\/127\.0\.0\.1:(\d+))/.exec(printed);
  while (!listening()) {
    if (child.exitCode !== null) throw new Error(`LinkShare ended with ${child.exitCode}:\n${printed}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
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
export async function startLinkShare(dataDir: string): Promise<LocalProcess> {
  const secret = (partner: string, name: string) =>
    readFileSync(join(dataDir, 'secrets', partner, name), 'utf8');
  return { ...(await startRole('local', { DATA_DIR: dataDir })), secret };
}
