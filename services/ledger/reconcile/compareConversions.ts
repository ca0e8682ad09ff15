import type { ConversionEvent } from '../../contract/event.ts';
import type { Trx } from '../audit.ts';
import { loadHistories } from '../record.ts';
import { clean } from './clean.ts';
import type { Asked, Page } from './compareRows.ts';
import type { About } from './difference.ts';
import { explainUnknown } from './explainUnknown.ts';
import { namesOf, nextUnreported, rowsNamed, waitingNamed } from './queries.ts';
import { isAbout } from './waiting.ts';

/** Explains the next page of the period's conversions that the report does not have. */
export async function compareConversions(trx: Trx, asked: Asked, about: About): Promise<Page> {
  const page = await nextUnreported(trx, asked);
  if (page.length === 0) return { agreed: 0, found: [], place: undefined };
  const histories = await loadHistories(trx, page.map(({ key }) => key)); // prettier-ignore
  const sales = page.map(({ key }) => histories.get(key) ?? []).filter((history) => history.length > 0);
  const names = namesOf(sales.flat());
  const relatives = await rowsNamed(trx, asked.run, names);
  const waiting = await waitingNamed(trx, asked.run, names);
  const found = sales.map((history) => {
    const unreadable = waiting.filter((each) => each.kind === 'row' && history.some((event) => isAbout(event)(each))); // prettier-ignore
    return explainUnknown({ history, relatives: near(history, relatives), unreadable }, about);
  });
  return { agreed: 0, found, place: page.at(-1)!.place };
}

function near(history: readonly ConversionEvent[], rows: readonly ConversionEvent[]): ConversionEvent[] {
  const names = new Set(namesOf(history));
  return rows.filter(({ conversionId, orderId }) => names.has(clean(conversionId)) || (orderId !== undefined && names.has(clean(orderId)))); // prettier-ignore
}
