import type { ConversionEvent } from '../contract/event.ts';
import type { ConversionState } from '../contract/state.ts';
import type { Attribution } from './publishers/attribution.ts';
import type { Payout } from './payouts/payout.ts';
import type { Conversions } from './tables.ts';

/** A row of `conversions`, but for when it was written. */
export type ConversionRow = Omit<Conversions, 'changed_at'>;

/** The row of a conversion; the same for the same history, in whatever order it came. */
export function toRow(
  history: readonly ConversionEvent[],
  state: ConversionState,
  { publisher, by, rule }: Omit<Attribution, 'by'> & { by: string },
  payout: Payout,
  payIn: string | null,
): ConversionRow {
  const received = history.map(({ receivedAt }) => receivedAt).sort();
  return cleaned({
    key: state.key,
    partner: state.partner,
    conversion_id: state.conversionId,
    ...optional(state),
    status: state.status,
    verified: state.verified,
    test: state.test,
    ...amounts(state),
    first_received_at: new Date(received[0]!),
    last_received_at: new Date(received.at(-1)!),
    events: history.length,
    state: JSON.stringify(state),
    publisher,
    attributed_by: by,
    attribution_rule: rule,
    ...payoutColumns(payout, payIn),
  });
}

const optional = ({ lineId, orderId, clickId, offer, occurredAt }: ConversionState) => ({
  line_id: lineId ?? null,
  order_id: orderId ?? null,
  click_id: clickId ?? null,
  offer_id: offer?.id ?? null,
  occurred_at: occurredAt === undefined ? null : new Date(occurredAt),
});

function amounts(state: ConversionState) {
  const sale = state.saleAmount ?? state.localSaleAmount;
  const commission = state.commission ?? state.localCommission;
  return {
    sale_amount: sale?.amount ?? null,
    sale_currency: sale?.currency ?? null,
    commission_amount: commission?.amount ?? null,
    commission_currency: commission?.currency ?? null,
  };
}

export const payoutColumns = (
  { amount, rule, held, payableAt, ...payout }: Payout,
  payIn: string | null,
) => ({
  payout_amount: amount?.amount ?? null,
  payout_currency: amount?.currency ?? null,
  payout_rule: rule,
  payout_held: held,
  payable_at: payableAt === null ? null : new Date(payableAt),
  pay_in: payIn,
  payout_exchange: payout.exchange,
  cost_exchange: payout.costExchange,
  payout_cost: payout.cost?.amount ?? null,
});

/** Postgres' text holds no zero character; `state` holds it escaped. */
const cleaned = (row: ConversionRow): ConversionRow =>
  Object.fromEntries(
    Object.entries(row).map(([name, value]) => [
      name,
      typeof value === 'string' ? value.replaceAll('\0', '\uFFFD') : (value as unknown),
    ]),
  ) as unknown as ConversionRow;
