import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';

export interface Fixture {
  pid: number;
  /** Sends one line. */
  tell(line: string): void;
  /** Resolves with the next line that it prints; rejects if it ends without one. */
  says(): Promise<string>;
  /** Kills it, if it still runs, and resolves once it is gone. */
  kill(): Promise<void>;
}

/** A script of test/support/fixtures in a process of its own. Whoever starts it kills it. */
export function startFixture(script: string, ...args: string[]): Fixture {
  const child = spawn(process.execPath, [`test/support/fixtures/${script}`, ...args], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const exited = once(child, 'exit');
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const kill = async () => {
    child.kill('SIGKILL');
    await exited;
  };
  return {
    pid: child.pid!,
    tell: (line) => void child.stdin.write(`${line}\n`),
    async says() {
      const { value, done } = await lines.next();
      if (done) throw new Error(`${script} ended and said nothing more`);
      return value;
    },
    kill,
  };
}
