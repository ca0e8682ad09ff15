import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { vi } from 'vitest';
import { runCommand } from '../../services/cli/command.ts';
import type { Terminal } from '../../services/cli/terminal.ts';
import { emptyFolder } from './folder.ts';

/** A small manifest and one example of it, to be broken by tests. */
export const shop = `id: shop
name: Shop
path: /shop/event
verify: { secret: postback-token, at: token }
fields:
  conversionId: id
  status: { from: status, approved: ok, rejected: no }
setup:
  where: Their settings
  paste: id={id}&status={status}
`;
export const shopSale = `request: { query: 'token={secret.postback-token}&id=1&status=ok' }
expect: { status: 200, outcome: kept }
`;

/** The environment of a command with these partners' files: name to text. Its data folder is not there yet. */
export function withPartners(files: Record<string, string> = { 'shop/manifest.yaml': shop }) {
  const folder = emptyFolder();
  const env = { PARTNERS_DIR: join(folder, 'partners'), DATA_DIR: join(folder, 'data') };
  mkdirSync(env.PARTNERS_DIR);
  for (const [name, text] of Object.entries(files)) {
    const file = join(env.PARTNERS_DIR, name);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
  }
  return env;
}

export interface Ended {
  out: string[];
  err: string[];
  /** As scripts see it: 0, or that of the error; `failed` is its message. */
  code: number;
  failed: string | undefined;
}

/** Runs a command to its end, whichever that is. */
export async function ending(env: NodeJS.ProcessEnv, args: string[], terminal?: Terminal): Promise<Ended> {
  const out = vi.spyOn(console, 'log').mockReturnValue();
  const err = vi.spyOn(console, 'error').mockReturnValue();
  const printed = ({ mock }: typeof out) => mock.calls.map((words) => words.join(' '));
  const ended = (code: number, failed?: string): Ended => ({ out: printed(out), err: printed(err), code, failed }); // prettier-ignore
  try {
    await runCommand(args, env, terminal);
    return ended(0);
  } catch (error) {
    return ended((error as { exitCode?: number }).exitCode ?? 1, (error as Error).message);
  } finally {
    out.mockRestore();
    err.mockRestore();
  }
}
