import { z } from 'zod';
import type { Trx } from './audit.ts';
import { addAttributionRule } from './attributionRules.ts';
import { attributionInput, payoutInput, publisherInput } from './inputs.ts';
import { addPayoutRule } from './payoutRules.ts';
import { addPublisher, setPublisher } from './publishers.ts';
import { loadAttributionRules, loadPayoutRules } from './rules.ts';
import type { Ledger } from './tables.ts';

/** All publishers with their rules, as one YAML or JSON document. */
export const bookInput = z.strictObject({
  publishers: z.array(publisherInput).default([]),
  rules: z.array(attributionInput).default([]),
  payouts: z.array(payoutInput).default([]),
});
export type Book = z.input<typeof bookInput>;

export async function exportBook(db: Ledger): Promise<Book> {
  const publishers = await db.selectFrom('publishers').selectAll().orderBy('id').execute();
  const rules = await loadAttributionRules(db);
  const payouts = (await loadPayoutRules(db)).filter(({ removed }) => !removed);
  return {
    publishers: publishers.map(({ id, name, status, contacts }) =>
      said({ id, name, status, contacts: JSON.parse(contacts) as Record<string, string> }),
    ) as Book['publishers'],
    rules: rules.map(({ id: _, ...rule }) => said(rule)) as Book['rules'],
    payouts: payouts.map(({ id: _, removed: __, fixed, cap, minimum, ...rule }) =>
      said({
        ...rule,
        fixed: fixed?.amount,
        cap: cap?.amount,
        minimum: minimum?.amount,
        currency: (fixed ?? cap ?? minimum)?.currency,
      }),
    ) as Book['payouts'],
  };
}

/** Without what is not said. */
const said = (row: object) =>
  Object.fromEntries(Object.entries(row).filter(([, value]) => value !== null && value !== undefined));

/** Adds what is not there yet and changes what is otherwise; removes nothing. The same book twice changes nothing. */
export async function importBook(trx: Trx, book: z.output<typeof bookInput>, who: string): Promise<void> {
  const known = await exportBook(trx);
  const ids = new Set(known.publishers!.map(({ id }) => id));
  for (const publisher of book.publishers)
    await (ids.has(publisher.id) ? setPublisher : addPublisher)(trx, publisher, who);
  const rules = new Set(known.rules!.map((rule) => spelt({ priority: 0, ...rule })));
  for (const rule of book.rules)
    if (!rules.has(spelt({ priority: 0, ...rule }))) await addAttributionRule(trx, rule, who);
  const payouts = new Set(known.payouts!.map((rule) => spelt({ holdDays: 0, ...rule })));
  for (const rule of book.payouts)
    if (!payouts.has(spelt({ holdDays: 0, ...rule }))) await addPayoutRule(trx, rule, who);
}

const spelt = (row: object) => JSON.stringify(Object.entries(said(row)).sort(([a], [b]) => (a < b ? -1 : 1)));
