import { z } from 'zod';
import type { SenderOptions } from './outbound/send.ts';
import type { HealContext } from './reconcile/heal.ts';
import type { ReplayContext } from './replay.ts';
import type { Ledger } from './tables.ts';

/** `who` asks, for the audit. */
export interface Context extends ReplayContext {
  db: Ledger;
  now: Date;
  /** How postbacks may be sent; by default to public addresses by https only. */
  outbound?: SenderOptions | undefined;
  /** Puts events where those of partners go: the bus. Without it what is healed is recorded as it is. */
  publish?: HealContext['publish'];
  /** Resolves once all that the embedded bus holds is recorded. */
  caughtUp?: (() => Promise<void>) | undefined;
}

/** Something that can be asked of the ledger: what it takes, and what it does. */
export interface Operation {
  args: z.ZodType;
  run: (context: Context, args: never) => Promise<unknown>;
}

export const operation = <T extends z.ZodType>(
  args: T,
  run: (context: Context, args: z.output<T>) => Promise<unknown>,
): Operation => ({ args, run });

/** How an operation is made of what it takes and what it does. */
export type Define = typeof operation;

/** Whether it is only told what would be. */
export const plan = z.boolean().default(false);
export const none = z.strictObject({});
