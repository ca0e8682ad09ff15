import { z } from 'zod';
import { addRate, listRates, rateFilter, rateInput, removeRate, type RateInput } from '../exchange/store.ts';
import { payoutInput, publisherId } from '../inputs.ts';
import { operation, plan, type Context, type Operation } from '../operation.ts';
import { addPayoutRule, removePayoutRule } from './payoutRules.ts';
import { changeRules, transact } from '../plan.ts';
import { listPayoutRules } from '../queries/payoutRules.ts';
import { linesFilter, statementLines } from '../queries/statementLines.ts';
import { listStatements, showStatement } from '../queries/statements.ts';
import { closeMonth } from './statements.ts';

const number = z.number().int();
const month = z.string();

/** What can be asked of payouts: their rules, the rates they are converted by, the months that are closed. */
export const payoutOperations: Record<string, Operation> = {
  'payout-set': operation(z.strictObject({ rule: payoutInput, plan }), (context, { rule, plan }) =>
    changeRules(context.db, { ...context, plan }, (trx) => addPayoutRule(trx, rule, context.who)),
  ),
  'payout-unset': operation(z.strictObject({ id: number, plan }), (context, { id, plan }) =>
    changeRules(context.db, { ...context, plan }, (trx) => removePayoutRule(trx, id, context.who)),
  ),
  'payout-rules': operation(z.strictObject({ publisher: publisherId.optional() }), ({ db }, { publisher }) =>
    listPayoutRules(db, publisher),
  ),
  'payout-close': operation(
    z.strictObject({ publisher: publisherId, month, plan }),
    ({ db, who, now }, { publisher, month, plan }) =>
      transact(db, plan, async (trx) => {
        await closeMonth(trx, publisher, month, who, now);
        return (await listStatements(trx, publisher)).filter((each) => each.month === month);
      }),
  ),
  'payout-list': operation(z.strictObject({ publisher: publisherId.optional() }), ({ db }, args) =>
    listStatements(db, args.publisher),
  ),
  'payout-show': operation(z.strictObject({ publisher: publisherId, month }), ({ db }, args) =>
    showStatement(db, args.publisher, args.month),
  ),
  'payout-lines': operation(linesFilter, ({ db }, filter) => statementLines(db, filter)),
  'rate-set': operation(z.strictObject({ rates: z.array(rateInput).max(100_000), plan }), storeRates),
  'rate-unset': operation(z.strictObject({ id: number, plan }), (context, { id, plan }) =>
    changeRules(context.db, { ...context, plan }, (trx) => removeRate(trx, id, context.who)),
  ),
  'rate-list': operation(rateFilter, ({ db }, filter) => listRates(db, filter)),
};

/** With how many of them were news. */
async function storeRates(context: Context, { rates, plan }: { rates: RateInput[]; plan: boolean }) {
  let stored = 0;
  const moved = await changeRules(context.db, { ...context, plan }, async (trx) => {
    for (const rate of rates) if (await addRate(trx, rate, context.who)) stored++;
  });
  return { ...moved, stored };
}
