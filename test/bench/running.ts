import { fork, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePort } from '../support/port.ts';
import type { Hosts } from './standins.ts';
import type { Subject } from './subjects.ts';

export interface Running {
  name: string;
  port: number;
  pid: number;
  /** Milliseconds from its spawning to its first answer that a postback is kept. */
  startedIn: number;
  stop(): Promise<void>;
}

/** Starts a subject and sends it `first` until it answers 200. Its lines go where they cost what writing costs, and nobody reads. */
export async function startSubject({ name, args, env }: Subject, first: Buffer): Promise<Running> {
  const port = await freePort();
  const started = performance.now();
  const child = spawn(process.execPath, args, {
    env: { ...env, PORT: String(port) },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  try {
    while ((await tryOnce(port, first)) !== 200) {
      if (child.exitCode !== null) throw new Error(`${name} ended with ${child.exitCode}`);
      if (performance.now() - started > 30_000) throw new Error(`${name} has kept nothing within 30 s`);
      await sleep(1);
    }
  } catch (error) {
    child.kill('SIGKILL');
    throw error;
  }
  const startedIn = performance.now() - started;
  return { name, port, pid: child.pid!, startedIn, stop: () => end(child) };
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill('SIGTERM');
  await once(child, 'exit');
}

/** The status of the answer; undefined if nobody listens yet. */
function tryOnce(port: number, request: Buffer): Promise<number | undefined> {
  return new Promise((resolve) => {
    const socket = connect({ port, host: '127.0.0.1', noDelay: true }, () => socket.write(request));
    socket.on('data', (data) => {
      resolve(Number(data.toString('latin1', 9, 12)));
      socket.destroy();
    });
    socket.on('error', () => resolve(undefined)).on('close', () => resolve(undefined));
  });
}

export interface Standins {
  hosts: Hosts;
  pid: number;
  /** How many messages Pub/Sub has. */
  kept(): Promise<number>;
  stop(): void;
}

export async function startStandins(): Promise<Standins> {
  const child = fork('test/bench/standins.ts');
  const [hosts] = (await once(child, 'message')) as [Hosts];
  const kept = async () => {
    child.send('how many?');
    return ((await once(child, 'message')) as [number])[0];
  };
  return { hosts, pid: child.pid!, kept, stop: () => child.disconnect() };
}

/** Milliseconds of CPU that a process has used; undefined where there is no /proc to ask. In steps of 10. */
export function cpuOf(pid: number): number | undefined {
  try {
    // https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html: utime and stime are fields 14 and 15, counted in 1/100 s.
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
      .replace(/^.*\) /s, '')
      .split(' ');
    return (Number(fields[11]) + Number(fields[12])) * 10;
  } catch {
    return undefined;
  }
}

/** Bytes of memory that a process holds now, and the most that it ever held; undefined where there is no /proc to ask. */
export function memoryOf(pid: number): { now: number; most: number } | undefined {
  try {
    const status = readFileSync(`/proc/${pid}/status`, 'utf8');
    const read = (name: string) => Number(new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(status)![1]) * 1024;
    return { now: read('VmRSS'), most: read('VmHWM') };
  } catch {
    return undefined;
  }
}
