import { z } from 'zod';
import { bookOperations } from './publishers/bookOperations.ts';
import { examineLedger } from './doctor.ts';
import { erase, eraseInput } from './erasure/erase.ts';
import { planRetention, runRetention } from './erasure/retain.ts';
import { publisherId } from './inputs.ts';
import { operation, plan, type Context, type Define, type Operation } from './operation.ts';
import { deliveryFilter, listDeliveries } from './outbound/list.ts';
import { macroNames, type Macro } from './outbound/macros.ts';
import { setPostback, testPostback } from './outbound/postbacks.ts';
import { postbackInput } from './outbound/settings.ts';
import { payoutOperations } from './payouts/payoutOperations.ts';
import { transact } from './plan.ts';
import { reconcileOperations } from './reconcile/operations.ts';
import { releaseRefused, replayQuarantine } from './replay.ts';

export type { Context, Define };

const moment = z.union([z.iso.date(), z.iso.datetime()], 'write a day or a time in UTC: 2026-11-24');
const macroValues = z.partialRecord(z.enum(macroNames as [Macro, ...Macro[]]), z.string().max(512));

/** What can be asked of the ledger; the command line asks here, through the running server or in the database itself. */
export const operations: Record<string, Operation> = {
  ...bookOperations,
  ...payoutOperations,
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
  erase: operation(z.strictObject({ ...eraseInput.shape, plan }), async (context, { plan, ...asked }) => {
    // What the embedded bus holds unrecorded would bring it back.
    await context.caughtUp?.();
    return transact(context.db, plan, (trx) => erase(trx, asked, context));
  }),
  retention: operation(z.strictObject({ plan }), ({ db, now, who }, { plan }) =>
    plan ? planRetention(db, now) : runRetention(db, now, who),
  ),
  doctor: operation(z.strictObject({ deep: z.boolean().default(false) }), (context, { deep }) =>
    examineLedger(context.db, { ...context, deep }),
  ),
  'delivery-list': operation(deliveryFilter, ({ db }, args) => listDeliveries(db, args)),
  ...reconcileOperations(operation),
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
