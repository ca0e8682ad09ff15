import type { ExpressionBuilder } from 'kysely';
import type { ConversionState } from '../contract/state.ts';
import { compileAttribution } from './publishers/attribution.ts';
import type { Trx } from './audit.ts';
import { loadPins } from './erasure/pins.ts';
import { exchangeOf, type Exchange } from './exchange/exchange.ts';
import { loadPayIn, loadRates } from './exchange/store.ts';
import { dayOf, payoutRuleFor, reckon } from './payouts/payout.ts';
import { upsert, type Change, type OnChange, type PartnerSettings } from './record.ts';
import { loadAttributionRules, loadPayoutRules } from './rules.ts';
import { payoutColumns, type ConversionRow } from './row.ts';
import type { LedgerTables } from './tables.ts';

/** Rows that are looked at together. */
const page = 500;

/**
 * Brings every conversion that is in no closed statement to the rules as they are now, and gives what moved. In a transaction that is
 * rolled back it is the plan.
 */
export async function reattribute(
  trx: Trx,
  settings: PartnerSettings,
  onChange?: OnChange,
): Promise<Change[]> {
  const attributor = compileAttribution(await loadAttributionRules(trx));
  const payoutRules = (await loadPayoutRules(trx)).filter(({ removed }) => !removed);
  const owners = new Map(
    (await trx.selectFrom('clicks').select(['id', 'publisher']).execute()).map(({ id, publisher }) => [
      id,
      publisher,
    ]),
  );
  const payIns = await loadPayIn(trx);
  const pins = await loadPins(trx);
  const all: Change[] = [];
  for (let after = ''; ;) {
    const rows = await openRows(trx, after);
    if (rows.length === 0) return all;
    after = rows.at(-1)!.key;
    const states = rows.map(({ state }) => JSON.parse(state) as ConversionState);
    const exchange = exchangeOf(await loadRates(trx, states.map(dayOf)));
    const changes = rows.map((before, i) => ({ before, after: moved(before, states[i]!, exchange) })).filter(({ before, after }) => differs(before, after)); // prettier-ignore
    await upsert(trx, changes.map(({ after }) => after)); // prettier-ignore
    if (changes.length > 0) await onChange?.(trx, changes);
    all.push(...changes);
  }

  function moved(row: ConversionRow, state: ConversionState, exchange: Exchange): ConversionRow {
    const owner = row.click_id === null ? undefined : owners.get(row.click_id);
    const { publisher, by, rule } = pins.get(row.key) ?? attributor.attribute(state, owner);
    const payIn = payIns.get(publisher) ?? null;
    const payoutRule = payoutRuleFor(payoutRules, publisher, state);
    const payout = reckon(payoutRule, publisher, state, { ...settings, payIn, exchange });
    return { ...row, publisher, attributed_by: by, attribution_rule: rule, ...payoutColumns(payout, payIn) };
  }
}

async function openRows(trx: Trx, after: string): Promise<ConversionRow[]> {
  const rows = await trx
    .selectFrom('conversions')
    .selectAll()
    .where('key', '>', after)
    .where((where) => where.not(where.exists(linesOf(where))))
    .orderBy('key')
    .limit(page)
    .forUpdate()
    .execute();
  return rows.map(({ changed_at: _, ...row }) => row);
}

const linesOf = (where: ExpressionBuilder<LedgerTables, 'conversions'>) =>
  where.selectFrom('statement_lines').select('key').whereRef('statement_lines.key', '=', 'conversions.key');

const differs = (a: ConversionRow, b: ConversionRow) =>
  (Object.keys(b) as (keyof ConversionRow)[]).some((name) => String(a[name]) !== String(b[name]));
