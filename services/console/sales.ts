import { Html, html } from './html.ts';
import { table } from './table.ts';

/** A conversion as the ledger tells it: what is true of it now, whose it is, what they are owed, and how that came. */
export interface Sale {
  partner: string;
  conversion: string;
  status: string;
  sale: string | null;
  commission: string | null;
  publisher: string;
  attributedBy: string;
  payout: string | null;
  margin: string | null;
  rate: string | null;
  held: string | null;
  settled: string[];
  events: { receivedAt: string; status: string; via: string; verified: boolean }[];
  deliveries: { publisher: string; said: string; state: string; attempts: number; why: string | null }[];
}

/** What sales brought in one currency of commission. */
export interface Sum {
  currency: string;
  conversions: number;
  commission: string;
  payouts: string[];
  margin: string;
}

/** One row per conversion, with its story folded in; undefined if there are none. */
export function salesTable(sales: readonly Sale[]): Html | undefined {
  const rows = sales.map((sale) => ({
    Partner: sale.partner,
    Conversion: sale.conversion,
    Status: html`<span class="chip ${sale.status}">${sale.status}</span>`,
    Sale: sale.sale ?? undefined,
    Commission: sale.commission ?? undefined,
    Publisher: html`${sale.publisher} <span class="hint">by ${sale.attributedBy}</span>`,
    Payout: payout(sale),
    Margin: sale.margin ?? undefined,
    Story: story(sale),
  }));
  return table(rows, ['Conversion', 'Payout', 'Story']);
}

/** One row per currency: currencies are never added to each other. */
export function sumsTable(sums: readonly Sum[]): Html | undefined {
  const rows = sums.map(({ currency, conversions, commission, payouts, margin }) => ({
    Currency: currency,
    Sales: String(conversions),
    Commission: commission,
    Payouts: payouts.join(', '),
    Margin: margin,
  }));
  return table(rows, []);
}

const payout = ({ payout, held }: Sale) => html`${payout ?? ''} ${held === null ? '' : html`<span class="hint">held: ${held}</span>`}`; // prettier-ignore

function story({ events, publisher, attributedBy, payout, held, rate, deliveries, settled }: Sale): Html {
  const told = events.map(({ receivedAt, status, via, verified }) => html`<li>${receivedAt.replace('T', ' ').slice(0, 19)} ${status} by ${via}${verified ? '' : ', a hint'}</li>`); // prettier-ignore
  const owed = html`<li>${payout === null ? 'owed nothing' : `owed ${payout}`}${held === null ? '' : `: ${held}`}${rate === null ? '' : `, at ${rate}`}</li>`; // prettier-ignore
  const sent = deliveries.map(({ publisher, said, state, attempts, why }) => html`<li>postback "${said}" to ${publisher}: ${state}${attempts > 0 ? `, ${attempts} ${attempts === 1 ? 'attempt' : 'attempts'}` : ''}${why === null ? '' : `, ${why}`}</li>`); // prettier-ignore
  const closed = settled.map((line) => html`<li>settled in ${line}</li>`);
  const count = `${events.length} ${events.length === 1 ? 'event' : 'events'}${deliveries.length > 0 ? `, ${deliveries.length} told` : ''}`; // prettier-ignore
  return html`<details><summary>${count}</summary><ul>${told}<li>earned by ${publisher}, told by ${attributedBy}</li>${owed}${sent}${closed}</ul></details>`; // prettier-ignore
}
