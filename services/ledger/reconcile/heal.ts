import type { ConversionEvent } from '../../contract/event.ts';
import type { Trx } from '../audit.ts';
import { writeAudit } from '../audit.ts';
import { movesOf, transact, type Move } from '../plan.ts';
import { recordIn, type Change, type OnChange, type PartnerSettings } from '../record.ts';
import type { Ledger } from '../tables.ts';

/** Events that are healed at once. */
const page = 500;

export interface HealContext {
  db: Ledger;
  settings: PartnerSettings;
  onChange?: OnChange | undefined;
  /** Puts events where those of partners go. Without it they are recorded as they are. */
  publish?: ((events: readonly ConversionEvent[]) => Promise<void>) | undefined;
  who: string;
}

/** What a page of healing did, or would do. */
export interface Healed {
  /** Conversions that come to say what the report says. */
  events: number;
  /** Statuses and payouts that move with them; none where the events went over the bus, since who reads it changes them. */
  statuses: { from: string; to: string; conversions: number }[];
  moves: Move[];
  /** Where the next page begins; undefined at the end. */
  place: number | undefined;
}

/**
 * Publishes the rows of the report that the ledger has to hear, from `place` on. Repeating it is harmless: their ids are the same again, and
 * what the ledger says already another run does not find. With `plan` nothing is published, and what would change is told.
 */
export async function heal(
  context: HealContext,
  { run, place, plan }: { run: number; place: number; plan: boolean },
): Promise<Healed> {
  const rows = await nextToHeal(context.db, run, place);
  const events = rows.map(({ heal }) => JSON.parse(heal!) as ConversionEvent);
  const next = rows.length < page ? undefined : rows.at(-1)!.n;
  if (plan || !context.publish) return { ...(await recorded(context, events, run, plan)), place: next };
  if (events.length > 0) await context.publish(events);
  await context.db.transaction().execute((trx) => noted(trx, context, run, events));
  return { events: events.length, statuses: [], moves: [], place: next };
}

function nextToHeal(db: Ledger, run: number, place: number) {
  return db
    .selectFrom('reconcile_differences')
    .select(['n', 'heal'])
    .where('run', '=', run)
    .where('n', '>', place)
    .where('heal', 'is not', null)
    .orderBy('n')
    .limit(page)
    .execute();
}

function recorded(context: HealContext, events: readonly ConversionEvent[], run: number, plan: boolean) {
  const { db, settings, onChange } = context;
  return transact(db, plan, async (trx) => {
    const changes: Change[] = [];
    await recordIn(trx, events, settings, async (inner, some) => {
      changes.push(...some);
      if (!plan) await onChange?.(inner, some);
    });
    if (!plan) await noted(trx, context, run, events);
    return { events: events.length, statuses: statusesOf(changes), moves: movesOf(changes) };
  });
}

function statusesOf(changes: readonly Change[]): Healed['statuses'] {
  const told = changes.map(({ before, after }) => ({ from: before?.status ?? 'none', to: after.status }));
  const groups = Map.groupBy(told, ({ from, to }) => `${from} ${to}`);
  return [...groups.values()].map((group) => ({ ...group[0]!, conversions: group.length }));
}

const noted = (trx: Trx, { who }: HealContext, run: number, events: readonly ConversionEvent[]) =>
  writeAudit(trx, { who, what: 'healed from the report', subject: events[0]?.partner ?? '', after: { run, events: events.length } }); // prettier-ignore
