import { z } from 'zod';
import { attributionInput, payoutInput, publisherInput } from '../inputs.ts';
import { bookPostback, shown, type PostbackSettings } from '../outbound/settings.ts';
import { loadAttributionRules, loadPayoutRules } from '../rules.ts';
import type { Ledger } from '../tables.ts';

/** All publishers with their rules and postbacks, as one document. */
export const bookInput = z.strictObject({
  publishers: z.array(publisherInput).default([]),
  rules: z.array(attributionInput).default([]),
  payouts: z.array(payoutInput).default([]),
  postbacks: z.array(bookPostback).default([]),
});
export type Book = z.input<typeof bookInput>;
/** With all its lists. */
export type WholeBook = { [List in keyof Book]-?: NonNullable<Book[List]> };
export type BookRead = z.output<typeof bookInput>;

/** Without secrets: what postbacks are signed with is not in it, and what stands in a URL where a secret usually does reads `***`. */
export async function exportBook(db: Ledger): Promise<WholeBook> {
  return {
    publishers: await exportPublishers(db),
    rules: (await loadAttributionRules(db)).map(({ id: _, ...rule }) => said(rule)) as WholeBook['rules'],
    payouts: (await payoutsOf(db)).map(({ id: _, ...rule }) => said(rule)),
    postbacks: await exportPostbacks(db),
  };
}

async function exportPublishers(db: Ledger): Promise<WholeBook['publishers']> {
  const rows = await db.selectFrom('publishers').selectAll().orderBy('id').execute();
  return rows.map(({ id, name, status, contacts, pay_in }) => {
    const its = JSON.parse(contacts) as Record<string, string>;
    return said({ id, name, status, payIn: pay_in, contacts: Object.keys(its).length > 0 ? its : null });
  }) as WholeBook['publishers'];
}

/** A payout rule in force, as it is written in a book, with its number. */
export type BookPayout = z.output<typeof payoutInput> & { id: number };

export async function payoutsOf(db: Ledger): Promise<BookPayout[]> {
  const rules = (await loadPayoutRules(db)).filter(({ removed }) => !removed);
  return rules.map(({ removed: _, fixed, cap, minimum, ...rule }) => {
    const currency = (fixed ?? cap ?? minimum)?.currency;
    return said({ ...rule, fixed: fixed?.amount, cap: cap?.amount, minimum: minimum?.amount, currency }) as BookPayout; // prettier-ignore
  });
}

async function exportPostbacks(db: Ledger): Promise<WholeBook['postbacks']> {
  const rows = await db.selectFrom('postbacks').selectAll().orderBy('publisher').execute();
  return rows.map(({ publisher, settings, off_at }) => {
    const its = shown(JSON.parse(settings) as PostbackSettings);
    return said({ publisher, ...its, on: off_at ? false : null });
  }) as WholeBook['postbacks'];
}

/** Without what is not said. */
export const said = <T extends object>(row: T): T =>
  Object.fromEntries(Object.entries(row).filter(([, value]) => value !== null && value !== undefined)) as T;
