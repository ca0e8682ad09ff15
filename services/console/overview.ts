import type { z } from 'zod';
import { conversionEvent } from '../contract/event.ts';
import type { Money } from '../contract/money.ts';
import { quarantineRecord, refusedRecord, type Reason } from '../contract/records.ts';
import { topics } from '../runtime/bus.ts';
import { readable, type KeptMessage } from '../runtime/embedded/bus.ts';
import { Html, html } from './html.ts';
import { salesTable, sumsTable, type Sale, type Sum } from './sales.ts';
import { style } from './style.ts';
import { table, type Row } from './table.ts';

interface Overview {
  /** What the ledger makes of them, where there is one. */
  sales?: readonly Sale[] | undefined;
  sums?: readonly Sum[] | undefined;
  conversions: KeptMessage[];
  quarantined: KeptMessage[];
  refused: KeptMessage[];
}

/** The page at `/`: conversions, then what was quarantined or refused and why. */
export function overview({ sales, sums, conversions, quarantined, refused }: Overview): Html {
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width" />
        <title>LinkShare</title>
        ${styleTag}
      </head>
      <body>
        <h1>LinkShare</h1>
        <p>What partners sent last, and what became of it. Times are UTC. As JSON:${jsonLinks}</p>
        ${sums?.length ? section('Earned', '', sumsTable(sums)) : undefined}
        ${sales && section('Sales', 'Nothing yet. Each conversion would be here once, with whose it is and what they are owed.', salesTable(sales))}
        ${section('Conversions', 'Nothing yet: run one of the curl lines that were printed at the start, then reload.', conversionTable(conversions))}
        ${section('Quarantined', 'Nothing. Authentic postbacks that cannot be read would be here, whole, with their reasons.', quarantineTable(quarantined))}
        ${section('Refused', 'Nothing. Requests that fail verification but name a conversion would be here for 7 days.', refusedTable(refused))}
      </body>
    </html>`;
}

/** Ours, and exactly as its hash was taken: nothing around it, nothing escaped. */
const styleTag = new Html(`<style>${style}</style>`);

const jsonLinks = topics.map((topic) => html` <a href="/events?topic=${topic}">${topic}</a>`);

function section(title: string, whenEmpty: string, table: Html | undefined): Html {
  return html`<h2>${title}</h2>
    ${table ?? html`<p>${whenEmpty}</p>`}`;
}

const time = (iso: string | undefined) => iso?.replace('T', ' ').slice(0, 19);
const amount = (money: Money | undefined) => money && `${money.amount} ${money.currency}`;

/** How much is shown of what cannot be read: enough to tell what it is. */
const mostUnreadable = 500;

/** A row of each message; one that another version wrote is shown as it is, and does not take the page away. */
function rowsOf<T>(messages: KeptMessage[], schema: z.ZodType<T>, row: (record: T) => Row): Row[] {
  return messages.map((message) => {
    const { success, data: record } = schema.safeParse(readable(message).data);
    if (success) return row(record);
    const { seq, data } = message;
    const shown = data.length > mostUnreadable ? `${data.slice(0, mostUnreadable)} ..` : data;
    return html`No. ${seq} is not of this version: <code>${shown}</code>`;
  });
}

function conversionTable(messages: KeptMessage[]): Html | undefined {
  const rows = rowsOf(messages, conversionEvent, (event) => ({
    Received: time(event.receivedAt),
    Partner: event.partner,
    Conversion: [event.conversionId, event.lineId].filter(Boolean).join(' / '),
    Status: html`<span class="chip ${event.status}">${event.status}</span>`,
    Publisher: event.publisherRef,
    Sale: amount(event.saleAmount ?? event.localSaleAmount),
    Commission: amount(event.commission ?? event.localCommission),
    Occurred: time(event.occurredAt),
    Trust: trust(event),
  }));
  return table(rows, ['Conversion', 'Publisher']);
}

function trust({ verified, test = false }: { verified: boolean; test?: boolean }): Html {
  const words = [verified ? 'verified' : 'hint', ...(test ? ['test'] : [])];
  return html`<span class="${verified ? '' : 'hint'}">${words.join(', ')}</span>`;
}

function quarantineTable(messages: KeptMessage[]): Html | undefined {
  const rows = rowsOf(messages, quarantineRecord, (record) => ({
    Received: time(record.receivedAt),
    Partner: record.partner,
    Reasons: record.reasons.map(reasonLine),
    Trust: trust(record),
  }));
  return table(rows, ['Reasons']);
}

const reasonLine = ({ field, why, value }: Reason) =>
  html`<div><b>${field}</b> ${why}${value === undefined ? '' : html`: <code>${value}</code>`}</div>`;

function refusedTable(messages: KeptMessage[]): Html | undefined {
  const rows = rowsOf(messages, refusedRecord, (record) => ({
    Received: time(record.receivedAt),
    Partner: record.partner,
    Conversion: record.conversionId,
    Why: record.why,
    From: record.raw.address,
  }));
  return table(rows, ['Conversion', 'Why']);
}
