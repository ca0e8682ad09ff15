import { sql } from 'kysely';
import type { ConversionEvent } from '../contract/event.ts';
import { fold } from '../contract/state.ts';
import { compileAttribution, type Attributor } from './publishers/attribution.ts';
import type { Trx } from './audit.ts';
import type { Pin } from './erasure/pins.ts';
import { exchangeOf, type Exchange, type ExchangeRate } from './exchange/exchange.ts';
import { loadPayIn, loadRates } from './exchange/store.ts';
import { dayOf, payoutRuleFor, reckon, type Payout, type PayoutRule } from './payouts/payout.ts';
import type { PartnerSettings } from './record.ts';
import { toRow, type ConversionRow } from './row.ts';
import { clickOwners, loadAttributionRules, loadPayoutRules } from './rules.ts';

export type Histories = ReadonlyMap<string, readonly ConversionEvent[]>;

/** What a row is made by, beside its history. */
export interface Surroundings {
  attributor: Attributor;
  /** Every version of each rule, for what was settled by one; and those that count for the rest. */
  payoutRules: PayoutRule[];
  rulesInForce: PayoutRule[];
  /** What publishers are paid in, and the rates of these days. */
  payIn: ReadonlyMap<string, string>;
  rates: ExchangeRate[];
  exchange: Exchange;
  owners: ReadonlyMap<string, string>;
  /**
   * Rows that stand in a closed statement, as they are: whose they are, and by which rule, in which currency and at which rate they are
   * reckoned, stays so.
   */
  settled: ReadonlyMap<string, ConversionRow>;
  /** Whose erased ones are: what told so is gone. */
  pins: ReadonlyMap<string, Pin>;
  settings: PartnerSettings;
}

export async function loadSurroundings(
  trx: Trx,
  { histories, rows, pins, settings }: { histories: Histories; rows: ReadonlyMap<string, ConversionRow>; pins: Surroundings['pins']; settings: PartnerSettings }, // prettier-ignore
): Promise<Surroundings> {
  const settled = await loadSettled(trx, rows);
  const kept = [...settled.values()].flatMap(exchangesOf);
  const payoutRules = await loadPayoutRules(trx);
  const rates = await loadRates(trx, [...histories.values()].flat().map(dayOf), kept);
  return {
    attributor: compileAttribution(await loadAttributionRules(trx)),
    payoutRules,
    rulesInForce: payoutRules.filter(({ removed }) => !removed),
    payIn: await loadPayIn(trx),
    rates,
    exchange: exchangeOf(rates),
    owners: await clickOwners(trx, histories),
    settled,
    pins,
    settings,
  };
}

async function loadSettled(
  trx: Trx,
  rows: ReadonlyMap<string, ConversionRow>,
): Promise<Map<string, ConversionRow>> {
  if (rows.size === 0) return new Map();
  const found = await trx
    .selectFrom('statement_lines')
    .select('key')
    .distinct()
    .where('key', '=', sql<string>`any(${sql.val([...rows.keys()])}::text[])`)
    .execute();
  return new Map(found.map(({ key }) => [key, rows.get(key)!]));
}

const exchangesOf = ({ payout_exchange, cost_exchange }: ConversionRow) =>
  [payout_exchange, cost_exchange].filter((id) => id !== null);

export function makeRow(history: readonly ConversionEvent[], around: Surroundings): ConversionRow {
  const { attributor, rulesInForce, owners, settings } = around;
  const [{ partner, key }] = history as [ConversionEvent];
  const settled = around.settled.get(key);
  if (settled) return settledRow(history, settled, around);
  const state = fold(history, settings.repeatWindow(partner))!;
  const attribution =
    around.pins.get(key) ?? attributor.attribute(state, state.clickId && owners.get(state.clickId));
  const { publisher } = attribution;
  const rule = payoutRuleFor(rulesInForce, publisher, state);
  const payIn = around.payIn.get(publisher) ?? null;
  const payout = reckon(rule, publisher, state, { ...settings, payIn, exchange: around.exchange });
  return toRow(history, state, attribution, payout, payIn);
}

function settledRow(
  history: readonly ConversionEvent[],
  before: ConversionRow,
  { payoutRules, rates, settings }: Surroundings,
): ConversionRow {
  const state = fold(history, settings.repeatWindow(before.partner))!;
  const { publisher, pay_in: payIn } = before;
  const attribution = { publisher, by: before.attributed_by, rule: before.attribution_rule };
  const rule = payoutRules.find(({ id }) => id === before.payout_rule);
  const exchange = exchangeOf(rates, exchangesOf(before));
  const payout = reckon(rule, publisher, state, { ...settings, payIn, exchange });
  return toRow(history, state, attribution, withRates(payout, before), payIn);
}

/** A sale that is reversed, and then is not, is paid at the rate that it was paid at before. */
const withRates = (payout: Payout, { payout_exchange, cost_exchange }: ConversionRow): Payout => ({
  ...payout,
  exchange: payout.exchange ?? payout_exchange,
  costExchange: payout.costExchange ?? cost_exchange,
});
