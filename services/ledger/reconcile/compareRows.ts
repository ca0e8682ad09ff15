import type { ConversionEvent } from '../../contract/event.ts';
import type { Trx } from '../audit.ts';
import { forgetEvent } from '../erasure/forget.ts';
import { loadPins } from '../erasure/pins.ts';
import { loadHistories } from '../record.ts';
import { clean } from './clean.ts';
import type { About, Difference } from './difference.ts';
import { explainGroup } from './explainGroup.ts';
import { explainMissing } from './explainMissing.ts';
import { explainPair, type Reported } from './explainPair.ts';
import { isIn, type Period } from './period.ts';
import { markTold, namesOf, nextRows, toldOf, waitingNamed } from './queries.ts';
import { newestRow } from './rows.ts';
import { findGroups } from './strangers.ts';
import { isAbout } from './waiting.ts';

/** What a page of the comparison found, and where it ended: undefined at the end of all. */
export interface Page {
  agreed: number;
  found: Difference[];
  place: string | undefined;
}

export interface Asked {
  run: number;
  partner: string;
  period: Period;
  place: string;
  limit: number;
}

/** Compares the next page of the report's sales. Those of the days beside the period only lend themselves to others. */
export async function compareRows(trx: Trx, { run, partner, period, place, limit }: Asked, about: About): Promise<Page> {
  const page = await nextRows(trx, run, place, limit);
  const last = page.at(-1)?.key;
  if (last === undefined) return { agreed: 0, found: [], place: undefined };
  const told = await toldOf(trx, run, page.map(({ key }) => key)); // prettier-ignore
  const sales = await salesOf(trx, run, page.filter(({ key }) => !told.has(key)));
  const groups = await groupsOf(trx, { run, partner, period, sales }, about);
  const alone = sales.filter(({ rows, counts }) => counts && !groups.keys.has(clean(rows[0]!.key)));
  const found = alone.flatMap((sale) => explain(sale, about) ?? []);
  return { agreed: alone.length - found.length, found: [...found, ...groups.found], place: last };
} // prettier-ignore

type Sale = Reported & { counts: boolean };

const isTold = ({ history }: Reported) => history.some(({ via }) => via === 'postback');

const explain = (sale: Sale, about: About) => isTold(sale) ? explainPair(sale, about) : explainMissing(sale, about); // prettier-ignore

async function salesOf(trx: Trx, run: number, page: Awaited<ReturnType<typeof nextRows>>): Promise<Sale[]> {
  const byKey = Map.groupBy(page, ({ key }) => key);
  if (byKey.size === 0) return [];
  const histories = await loadHistories(trx, [...byKey.keys()]);
  // Of a sale whose person was erased the report still tells who it was: it is compared, kept and healed without, as the ledger has it.
  const erased = await loadPins(trx, [...byKey.keys()]);
  const read = (data: string, key: string) => {
    const row = JSON.parse(data) as ConversionEvent;
    return erased.has(key) ? forgetEvent(row) : row;
  };
  const parsed = [...byKey].map(([key, rows]) => ({
    rows: rows.map(({ data }) => read(data, key)),
    history: histories.get(key) ?? [],
    counts: rows.some(({ counts }) => counts),
  }));
  const waiting = await waitingNamed(trx, run, namesOf(parsed.flatMap(({ rows }) => rows)));
  return parsed.map((sale) => ({ ...sale, waiting: waiting.filter(isAbout(sale.rows[0]!)) }));
}

/** Sales that both sides have under different ids. Those that a request is waiting for did not come otherwise. */
async function groupsOf(
  trx: Trx,
  { run, partner, period, sales }: Omit<Asked, 'place' | 'limit'> & { sales: readonly Sale[] },
  about: About,
): Promise<{ keys: Set<string>; found: Difference[] }> {
  const lonely = sales.filter((sale) => !isTold(sale) && sale.waiting.length === 0);
  const untold = lonely.map(({ rows }) => newestRow(rows).row).filter(({ test }) => about.isTesting || !test);
  const groups = untold.length === 0 ? [] : await findGroups(trx, { run, partner, untold }, about);
  const keys = groups.flatMap(({ rows, conversions }) => [...rows, ...conversions].map(({ key }) => clean(key))); // prettier-ignore
  await markTold(trx, run, keys);
  const counting = groups.filter(({ rows }) => rows.some((row) => isIn(period, row)));
  return { keys: new Set(keys), found: counting.map((group) => explainGroup(group, about)) };
}
