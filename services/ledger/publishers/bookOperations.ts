import { z } from 'zod';
import { addApiKey, listApiKeys, revokeApiKey } from './apiKeys.ts';
import { addAttributionRule, removeAttributionRule } from './attributionRules.ts';
import { bookInput, exportBook } from './book.ts';
import { importBook } from './bookImport.ts';
import { attributionInput, publisherId, publisherInput } from '../inputs.ts';
import { none, operation, plan, type Context, type Operation } from '../operation.ts';
import { changeRules, type BookChange } from '../plan.ts';
import { addPublisher, setPublisher } from './publishers.ts';
import { listPublishers, showPublisher } from '../queries/publishers.ts';

const id = z.strictObject({ id: publisherId });
const keyName = z.string().trim().min(1).max(100);

/** What can be asked of publishers: who they are, how they are recognised, their keys, all of it as one document. */
export const bookOperations: Record<string, Operation> = {
  'publisher-add': operation(publisherInput, ({ db, who }, args) =>
    db.transaction().execute((trx) => addPublisher(trx, args, who)),
  ),
  'publisher-set': operation(
    publisherInput.partial({ name: true }).extend({ plan }),
    (context, { plan, ...changes }) =>
      changeRules(context.db, { ...context, plan }, (trx) => setPublisher(trx, changes, context.who)),
  ),
  'publisher-list': operation(none, ({ db }) => listPublishers(db)),
  'publisher-show': operation(id, ({ db }, args) => showPublisher(db, args.id)),
  'rule-add': operation(z.strictObject({ rule: attributionInput, plan }), (context, { rule, plan }) =>
    changeRules(context.db, { ...context, plan }, (trx) => addAttributionRule(trx, rule, context.who)),
  ),
  'rule-remove': operation(z.strictObject({ id: z.number().int(), plan }), (context, { id, plan }) =>
    changeRules(context.db, { ...context, plan }, (trx) => removeAttributionRule(trx, id, context.who)),
  ),
  'key-add': operation(z.strictObject({ publisher: publisherId, name: keyName }), ({ db, who }, args) =>
    db.transaction().execute((trx) => addApiKey(trx, args.publisher, args.name, who)),
  ),
  'key-list': operation(z.strictObject({ publisher: publisherId }), ({ db }, { publisher }) =>
    listApiKeys(db, publisher),
  ),
  'key-revoke': operation(z.strictObject({ publisher: publisherId, name: keyName }), ({ db, who }, args) =>
    db.transaction().execute((trx) => revokeApiKey(trx, args.publisher, args.name, who)),
  ),
  export: operation(none, ({ db }) => exportBook(db)),
  import: operation(z.strictObject({ book: bookInput, plan }), importAll),
};

async function importAll(
  context: Context,
  { book, plan }: { book: z.output<typeof bookInput>; plan: boolean },
) {
  const { who, now, outbound } = context;
  let changes: BookChange[] = [];
  const moved = await changeRules(context.db, { ...context, plan }, async (trx) => {
    changes = await importBook(trx, book, { who, now, allowed: outbound, plan });
  });
  return { ...moved, changes };
}
