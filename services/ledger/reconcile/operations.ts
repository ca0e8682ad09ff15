import { z } from 'zod';
import { conversionEvent } from '../../contract/event.ts';
import { quarantineRecord } from '../../contract/records.ts';
import type { Context, Define } from '../operations.ts';
import { partnerOf } from '../replay.ts';
import { addPage, beginAgain, beginRun, lockRun } from './begin.ts';
import { heal } from './heal.ts';
import { listDifferences, listRuns } from './list.ts';
import { endReport, stepRun } from './step.ts';
import { zoneOfPartner } from './zoneOfPartner.ts';

const run = z.number().int().positive();
const place = z.number().int().nonnegative().default(0);
const limit = z.number().int().min(1).max(1_000).default(500);
const last = z.number().int().min(1).max(100).default(10);

const begin = z.strictObject({
  partner: z.string(),
  from: z.string(),
  to: z.string(),
  zone: z.string().optional(),
});
const add = z.strictObject({
  run,
  events: z.array(conversionEvent),
  unreadable: z.array(quarantineRecord).default([]),
});

/** The steps of `linkshare reconcile`. Each is short, so that a running server goes on with its postbacks between them. */
export const reconcileOperations = (operation: Define) => ({
  'reconcile-begin': operation(begin, (context, { zone, ...asked }) => {
    const usual = zoneOfPartner(partnerOf(context, asked.partner));
    return beginRun(context.db, { ...asked, zone: zone ?? usual }, context.who);
  }),
  'reconcile-add': operation(add, (context, { run, ...page }) =>
    context.db.transaction().execute(async (trx) => {
      const partner = partnerOf(context, (await lockRun(trx, run)).partner);
      return addPage(trx, { run, partner }, page);
    }),
  ),
  'reconcile-end': operation(
    z.strictObject({ run, brokeOff: z.string().min(1).optional() }),
    ({ db }, args) => db.transaction().execute((trx) => endReport(trx, args.run, args.brokeOff)),
  ),
  'reconcile-again': operation(z.strictObject({ run }), ({ db, who }, args) =>
    db.transaction().execute((trx) => beginAgain(trx, args.run, who)),
  ),
  'reconcile-step': operation(z.strictObject({ run }), (context, { run }) => step(context, run)),
  'reconcile-differences': operation(z.strictObject({ run, place, limit }), ({ db }, args) =>
    listDifferences(db, args),
  ),
  'reconcile-heal': operation(z.strictObject({ run, place, plan: z.boolean().default(false) }), heal),
  'reconcile-list': operation(z.strictObject({ partner: z.string().optional(), last }), ({ db }, args) =>
    listRuns(db, args),
  ),
});

const step = (context: Context, run: number) =>
  context.db.transaction().execute(async (trx) => {
    const partner = partnerOf(context, (await lockRun(trx, run)).partner);
    const { id } = partner;
    const about = { liveSecrets: context.liveSecrets(id), repeatWindow: context.settings.repeatWindow(id) };
    return stepRun(trx, run, { partner, ...about });
  });
