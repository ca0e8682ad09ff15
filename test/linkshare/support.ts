import { afterAll, afterEach, beforeAll, expect, vi } from 'vitest';
import { runCommand } from '../../services/cli/command.ts';
import { emptyFolder } from '../support/folder.ts';
import { authState } from './stand-in/auth.ts';
import { startStandIn, type StandIn } from './stand-in/server.ts';

/** A stand-in for a whole file, as new for each test. What a request did that TikTok's files forbid fails the test. */
export function withStandIn(): () => StandIn {
  let standIn: StandIn;
  beforeAll(async () => {
    standIn = await startStandIn();
  });
  afterEach(() => {
    const { wrong } = standIn;
    Object.assign(standIn.auth, authState());
    Object.assign(standIn, { calls: [], wrong: [], orders: [], total: undefined, ahead: 0 });
    standIn.answers.clear();
    standIn.clearFaults();
    expect(wrong).toEqual([]);
  });
  afterAll(() => standIn.close());
  return () => standIn;
}

/** A command's environment: the stand-in, and a data folder of its own. */
export const settings = ({ env }: StandIn) => ({ ...env, DATA_DIR: emptyFolder() });

export interface Ran {
  out: string;
  err: string;
  error: (Error & { exitCode?: number }) | undefined;
}

/** Runs a command in this process: what it prints, and what it rejects with. */
export async function run(env: NodeJS.ProcessEnv, ...args: string[]): Promise<Ran> {
  const out = vi.spyOn(console, 'log').mockReturnValue();
  const err = vi.spyOn(console, 'error').mockReturnValue();
  const printed = ({ mock }: typeof out) => mock.calls.map((words) => words.join(' ')).join('\n');
  try {
    const error = await runCommand(args, env).then(
      () => undefined,
      (reason: Error) => reason,
    );
    return { out: printed(out), err: printed(err), error };
  } finally {
    out.mockRestore();
    err.mockRestore();
  }
}

/** The same, with a creator who has authorised. */
export async function authorised(standIn: StandIn): Promise<NodeJS.ProcessEnv & { DATA_DIR: string }> {
  const env = settings(standIn);
  expect((await run(env, 'auth', 'exchange', 'TTP_code_1')).error).toBeUndefined();
  standIn.calls.length = 0;
  return env;
}
