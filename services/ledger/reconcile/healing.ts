import type { Zone } from 'luxon';
import type { ConversionEvent } from '../../contract/event.ts';
import { eventId } from '../../contract/id.ts';
import { fold, type ConversionState } from '../../contract/state.ts';
import { gapsBetween, type Gap } from './told.ts';

/** What publishing a row of the report would do to a conversion. */
export interface Healing {
  /** What is to be published; undefined where the ledger agrees already, or would hold what it has to be newer. */
  event: ConversionEvent | undefined;
  /** Whether what the ledger has is later than the row. */
  isReportBehind: boolean;
  /** What the ledger says otherwise than the report today. */
  open: Gap[];
}

/**
 * Finds the event by which a history comes to say what the report says. Where the row's update time is older than when a postback without
 * one came, the row is told as of when it was fetched: the report says it still.
 */
export function healingOf(
  row: ConversionEvent,
  history: readonly ConversionEvent[],
  { repeatWindow, zone }: { repeatWindow: number; zone: Zone },
): Healing {
  const gapsOf = (state: ConversionState | undefined) => state && gapsBetween(state, row, zone);
  const open = gapsOf(fold(history, repeatWindow));
  if (open?.length === 0) return { event: undefined, isReportBehind: false, open };
  const works = (event: ConversionEvent) => gapsOf(fold([...history, event], repeatWindow))!.length === 0;
  const event = [row, ...asOfNow(row, history)].find(works);
  return { event, isReportBehind: event === undefined, open: open ?? [] };
}

function asOfNow(row: ConversionEvent, history: readonly ConversionEvent[]): ConversionEvent[] {
  const datesItself = history.some(({ via, updatedAt }) => via === 'postback' && updatedAt !== undefined);
  if (row.updatedAt === undefined || datesItself) return [];
  const { updatedAt: _, ...rest } = row;
  return [{ ...rest, id: eventId(rest) }];
}
