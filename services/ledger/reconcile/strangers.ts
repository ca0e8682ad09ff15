import type { ConversionEvent } from '../../contract/event.ts';
import { fold, type ConversionState } from '../../contract/state.ts';
import type { Trx } from '../audit.ts';
import { loadHistories } from '../record.ts';
import { clean } from './clean.ts';
import type { About } from './difference.ts';
import { groupStrangers, type Strangers } from './explainGroup.ts';
import { namesOf, rowsNamed, toldOf, unreportedNamed } from './queries.ts';
import { newestRow } from './rows.ts';

/** Enough for any chain of sales that hang together by their orders. */
const mostRounds = 10;

/**
 * Finds for rows of the report that no postback told those conversions, unknown to the report, that are the same sales under other ids; and
 * with them the other rows of the same sales, which may stand on a later page.
 */
export async function findGroups(
  trx: Trx,
  { run, partner, untold }: { run: number; partner: string; untold: readonly ConversionEvent[] },
  about: About,
): Promise<Strangers[]> {
  const rows = new Map(untold.map((row) => [clean(row.key), row]));
  const conversions = new Map<string, ConversionState>();
  for (let round = 0, size = -1; round < mostRounds && size !== rows.size + conversions.size; round++) {
    size = rows.size + conversions.size;
    const near = await unreportedNamed(trx, run, partner, namesOf([...rows.values()]));
    for (const [key, state] of await statesOf(trx, near, about)) conversions.set(key, state);
    if (conversions.size === 0) return [];
    for (const row of await untoldNamed(trx, run, namesOf([...conversions.values()])))
      rows.set(clean(row.key), row);
  }
  return groupStrangers({ rows: [...rows.values()], conversions: [...conversions.values()] });
}

/** What postbacks said of these conversions; those that no postback told, and tests, are not looked for. */
async function statesOf(trx: Trx, keys: readonly string[], { repeatWindow, isTesting }: About) {
  const histories = keys.length === 0 ? new Map<string, ConversionEvent[]>() : await loadHistories(trx, keys);
  return [...histories].flatMap(([key, history]) => {
    const state = fold(history.filter(({ via }) => via === 'postback'), repeatWindow); // prettier-ignore
    return state && (isTesting || !state.test) ? [[key, state] as const] : [];
  });
}

/** Rows with one of these names that no postback told, and that are not told yet. */
async function untoldNamed(trx: Trx, run: number, names: readonly string[]): Promise<ConversionEvent[]> {
  const byKey = Map.groupBy(await rowsNamed(trx, run, names), ({ key }) => clean(key));
  const keys = [...byKey.keys()];
  if (keys.length === 0) return [];
  const [histories, told] = [await loadHistories(trx, keys), await toldOf(trx, run, keys)];
  const isTold = (key: string) => told.has(key) || histories.get(key)?.some(({ via }) => via === 'postback');
  return [...byKey].filter(([key]) => !isTold(key)).map(([, rows]) => newestRow(rows).row);
}
