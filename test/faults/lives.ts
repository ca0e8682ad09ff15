import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { rawExchange } from '../support/http.ts';
import { startRole, type RoleProcess } from '../support/process.ts';
import type { Life } from './reckon.ts';

/** The bundle that goes into the image, if it was built from what is here; else the sources themselves. */
function scriptToRun(): string {
  const bundle = 'dist/main.mjs';
  if (!existsSync(bundle)) return 'services/main.ts';
  const built = statSync(bundle).mtimeMs;
  const sources = readdirSync('services', { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.ts')); // prettier-ignore
  const isOld = sources.some((name) => statSync(join('services', name)).mtimeMs > built);
  return isOld ? 'services/main.ts' : bundle;
}

export const script = scriptToRun();

/** `main.ts gateway`, which ends and is started again; each time on another port. */
export class Gateway {
  private readonly settings: NodeJS.ProcessEnv;
  private readonly past: Life[] = [];
  private process: RoleProcess | undefined;
  private lastPort = 0;

  constructor(settings: NodeJS.ProcessEnv) {
    this.settings = settings;
  }

  async start(): Promise<void> {
    this.process = await startRole('gateway', this.settings, script);
    this.lastPort = this.process.port;
  }

  /** Of its last life, if it is not running: nobody listens there. */
  get port(): number {
    return this.lastPort;
  }

  get starts(): number {
    return this.past.length + (this.process ? 1 : 0);
  }

  /** A signal that does not end it. */
  signal(signal: 'SIGSTOP' | 'SIGCONT'): void {
    this.process!.child.kill(signal);
  }

  /** Resolves to the exit code, or the signal that ended it, and after how many milliseconds. */
  async end(signal: 'SIGKILL' | 'SIGTERM'): Promise<{ by: number | string | null; ms: number }> {
    const ending = this.process!;
    const started = performance.now();
    const by = await ending.end(signal);
    this.past.push({ printed: ending.output(), killed: by === 'SIGKILL' });
    this.process = undefined;
    return { by, ms: performance.now() - started };
  }

  /** All lives, the present one as far as it is known. */
  lives(): Life[] {
    return this.process ? [...this.past, { printed: this.process.output(), killed: false }] : this.past;
  }

  /** The text of /health/ready, if it is answered 200. */
  async ready(): Promise<string | undefined> {
    try {
      const { status, body } = await rawExchange(this.port, { path: '/health/ready' });
      return status === 200 ? body : undefined;
    } catch {
      return undefined; // Nobody listens: not ready.
    }
  }

  /** Megabytes of memory that its process holds. */
  memory(): number {
    const pid = String(this.process!.child.pid);
    // Not everywhere is there `ps`, and not everywhere /proc.
    if (process.platform !== 'linux')
      return Number(execFileSync('ps', ['-o', 'rss=', '-p', pid], { encoding: 'utf8' })) / 1024;
    const status = readFileSync(`/proc/${pid}/status`, 'utf8');
    return Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)![1]) / 1024;
  }

  /** For the end of a scenario that failed: it may be stopped, or not be there. */
  async abandon(): Promise<void> {
    if (this.process) await this.end('SIGKILL');
  }
}
