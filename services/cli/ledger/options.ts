import { InvalidArgumentError, type Command } from 'commander';
import { askLedger } from './ask.ts';
import { columns } from './table.ts';
import type { Moved } from '../../ledger/plan.ts';

/** What every command of the ledger can be told. */
export interface Common {
  json?: boolean;
  by?: string;
}

export interface Planned extends Common {
  plan: boolean;
}

export const common = (command: Command) =>
  command
    .option('--json', 'for scripts')
    .option('--by <name>', 'who does it, for the audit; else the user of this machine');

export const planned = (command: Command) =>
  common(command).option('--plan', 'only show what would change', false);

/** A whole number that an option or argument says. */
export const whole = (text: string): number => {
  if (!/^-?\d{1,9}$/.test(text)) throw new InvalidArgumentError('It is a whole number.');
  return Number(text);
};

/** A command that prints rows. */
export function listing<T extends Common>(
  command: Command,
  env: NodeJS.ProcessEnv,
  operation: string,
  argsOf: (options: T) => object,
): void {
  common(command).action(async (options: T) => {
    const rows = await askLedger<Record<string, unknown>[]>(env, operation, argsOf(options), options.by);
    showRows(rows, options.json);
  });
}

export function showRows(rows: readonly object[], json = false, none = 'none yet'): void {
  console.log(json ? JSON.stringify(rows, null, 2) : columns(rows as Record<string, unknown>[]) || none);
}

export function showMoved(moved: Moved, json = false): void {
  if (json) return console.log(JSON.stringify(moved, null, 2));
  const { done, moves } = moved;
  const total = moves.reduce((sum, { conversions }) => sum + conversions, 0);
  if (moves.length > 0) console.log(columns(moves.map((move) => ({ ...move }))));
  console.log(
    done ? `Done; ${total} conversions moved` : `${total} conversions would move; without --plan they do`,
  );
}
