import { z } from 'zod';
import { exportBook, importBook, bookInput } from './book.ts';
import { deliveryFilter, listDeliveries } from './outbound/list.ts';
import { macroNames, type Macro } from './outbound/macros.ts';
import { setPostback, testPostback } from './outbound/postbacks.ts';
import type { SenderOptions } from './outbound/send.ts';
import { postbackInput } from './outbound/settings.ts';
import { changeRules, transact } from './plan.ts';
import type { HealContext } from './reconcile/heal.ts';
import { reconcileOperations } from './reconcile/operations.ts';
import { releaseRefused, replayQuarantine, type ReplayContext } from './replay.ts';
import {
  addApiKey,
  addAttributionRule,
  addPayoutRule,
  addPublisher,
  attributionInput,
  payoutInput,
  publisherId,
  publisherInput,
  removeAttributionRule,
  setPublisher,
} from './publishers.ts';
import { listPublishers, showPublisher } from './queries/publishers.ts';
import { listStatements, showStatement } from './queries/statements.ts';
import { closeMonth } from './statements.ts';
import type { Ledger } from './tables.ts';

/** `who` asks, for the audit. */
export interface Context extends ReplayContext {
  db: Ledger;
  now: Date;
  /** How postbacks may be sent; by default to public addresses by https only. */
  outbound?: SenderOptions | undefined;
  /** Puts events where those of partners go: the bus. Without it what is healed is recorded as it is. */
  publish?: HealContext['publish'];
}

interface Operation {
  args: z.ZodType;
  run: (context: Context, args: never) => Promise<unknown>;
}

const operation = <T extends z.ZodType>(
  args: T,
  run: (context: Context, args: z.output<T>) => Promise<unknown>,
): Operation => ({
  args,
  run: run,
});

/** How an operation is made of what it takes and what it does. */
export type Define = typeof operation;

const plan = z.boolean().default(false);
const moment = z.union([z.iso.date(), z.iso.datetime()], 'write a day or a time in UTC: 2026-11-24');
const none = z.strictObject({});
const macroValues = z.partialRecord(z.enum(macroNames as [Macro, ...Macro[]]), z.string().max(512));
const id = z.strictObject({ id: publisherId });

/** What can be asked of the ledger; the command line asks here, through the running server or in the database itself. */
export const operations: Record<string, Operation> = {
  'publisher-add': operation(publisherInput, ({ db, who }, args) =>
    db.transaction().execute((trx) => addPublisher(trx, args, who)),
  ),
  'publisher-set': operation(publisherInput.partial({ name: true }), ({ db, who }, args) =>
    db.transaction().execute((trx) => setPublisher(trx, args, who)),
  ),
  'publisher-list': operation(none, ({ db }) => listPublishers(db)),
  'publisher-show': operation(id, ({ db }, args) => showPublisher(db, args.id)),
  'rule-add': operation(z.strictObject({ rule: attributionInput, plan }), (context, { rule, plan }) =>
    changeRules(context.db, { ...context, plan }, (trx) => addAttributionRule(trx, rule, context.who)),
  ),
  'rule-remove': operation(z.strictObject({ id: z.number().int(), plan }), (context, { id, plan }) =>
    changeRules(context.db, { ...context, plan }, (trx) => removeAttributionRule(trx, id, context.who)),
  ),
  'payout-set': operation(z.strictObject({ rule: payoutInput, plan }), (context, { rule, plan }) =>
    changeRules(context.db, { ...context, plan }, (trx) => addPayoutRule(trx, rule, context.who)),
  ),
  'payout-close': operation(
    z.strictObject({ publisher: publisherId, month: z.string() }),
    ({ db, who, now }, args) =>
      db.transaction().execute((trx) => closeMonth(trx, args.publisher, args.month, who, now)),
  ),
  'payout-list': operation(z.strictObject({ publisher: publisherId.optional() }), ({ db }, args) =>
    listStatements(db, args.publisher),
  ),
  'payout-show': operation(z.strictObject({ publisher: publisherId, month: z.string() }), ({ db }, args) =>
    showStatement(db, args.publisher, args.month),
  ),
  'key-add': operation(
    z.strictObject({ publisher: publisherId, name: z.string().min(1) }),
    ({ db, who }, args) => db.transaction().execute((trx) => addApiKey(trx, args.publisher, args.name, who)),
  ),
  replay: operation(
    z.strictObject({
      partner: z.string(),
      since: moment.optional(),
      until: moment.optional(),
      reason: z.string().optional(),
      plan,
    }),
    (context, { plan, ...wanted }) =>
      transact(context.db, plan, (trx) =>
        replayQuarantine(trx, plan ? { ...context, onChange: undefined } : context, wanted),
      ),
  ),
  release: operation(
    z.strictObject({ id: z.string(), reason: z.string().min(10, 'say why, in a sentence') }),
    (context, args) => context.db.transaction().execute((trx) => releaseRefused(trx, context, args)),
  ),
  'postback-set': operation(postbackInput, ({ db, who, now, outbound }, args) =>
    db.transaction().execute((trx) => setPostback(trx, args, { who, now, allowed: outbound })),
  ),
  'postback-test': operation(
    z.strictObject({ publisher: publisherId, values: macroValues.default({}) }),
    ({ db, outbound, ...asked }, { publisher, values }) =>
      testPostback(db, publisher, values, { ...asked, sending: outbound }),
  ),
  'delivery-list': operation(deliveryFilter, ({ db }, args) => listDeliveries(db, args)),
  ...reconcileOperations(operation),
  export: operation(none, ({ db }) => exportBook(db)),
  import: operation(z.strictObject({ book: bookInput, plan }), (context, { book, plan }) =>
    changeRules(context.db, { ...context, plan }, (trx) => importBook(trx, book, context.who)),
  ),
};

/** Runs an operation. Rejects with an error for the user where there is no such one, or its arguments are wrong. */
export async function operate(context: Context, name: string, args: unknown): Promise<unknown> {
  const found = Object.hasOwn(operations, name) ? operations[name] : undefined;
  if (!found) throw new Error(`there is no operation "${name}"`);
  const { success, data, error } = found.args.safeParse(args);
  if (!success)
    throw new Error(
      error.issues
        .map(({ path, message }) => [path.join('.'), message].filter(Boolean).join(': '))
        .join('\n'),
    );
  return (await found.run(context, data as never)) ?? null;
}
