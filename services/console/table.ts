import { Html, html } from './html.ts';

/** Cells by the heads of their columns, or something to say across all of them. */
export type Row = Record<string, string | Html | Html[] | undefined> | Html;

/**
 * Rows under their heads, or undefined if there are none. Columns named in `long` hold whatever was sent: they break anywhere. Every
 * cell names its column, for a screen so narrow that a row becomes a list.
 */
export function table(rows: Row[], long: string[]): Html | undefined {
  if (rows.length === 0) return undefined;
  const heads = Object.keys(rows.find((row) => !(row instanceof Html)) ?? {});
  const shown = rows.map((row) => {
    if (row instanceof Html) return html`<tr><td class="long" colspan="${heads.length || 1}">${row}</td></tr>`; // prettier-ignore
    const cells = heads.map((head) => html`<td class="${long.includes(head) ? 'long' : ''}" data-head="${head}">${row[head] ?? '–'}</td>`); // prettier-ignore
    return html`<tr>${cells}</tr>`; // prettier-ignore
  });
  return html`<table><thead><tr>${heads.map((head) => html`<th>${head}</th>`)}</tr></thead><tbody>${shown}</tbody></table>`; // prettier-ignore
}
