import { DateTime, type Zone } from 'luxon';
import { UsageError } from './errors.ts';

/** Whole days in a zone, the last one included. */
export interface Period {
  /** YYYY-MM-DD. */
  start: string;
  end: string;
  /** Unix seconds; orders made at `until` are no longer in it. */
  from: number;
  until: number;
}

/** Reads two dates as whole days of a zone. Throws UsageError where one does not exist or they are the wrong way round. */
export function readPeriod(start: string, end: string, zone: Zone, clock: () => number = Date.now): Period {
  const [first, last] = [readDay(start, zone), readDay(end, zone)];
  if (first > last)
    throw new UsageError(`The report would end (${end}) before it begins (${start}): turn the dates round.`);
  if (first.toMillis() > clock())
    throw new UsageError(`${start} has not begun yet in ${zone.name}: there can be no orders.`);
  return {
    start: first.toISODate()!,
    end: last.toISODate()!,
    from: first.toUnixInteger(),
    until: last.plus({ days: 1 }).startOf('day').toUnixInteger(),
  };
}

function readDay(text: string, zone: Zone): DateTime {
  const day = /^\d{4}-\d\d-\d\d$/.test(text.trim()) ? DateTime.fromISO(text.trim(), { zone }) : undefined;
  if (day?.isValid && day.year >= 2015 && day.year < 2100) return day.startOf('day');
  const why =
    day?.invalidReason === 'unit out of range'
      ? 'is a date that does not exist'
      : 'is no date of TikTok Shop';
  throw new UsageError(`"${text.slice(0, 40)}" ${why}: dates are like 2026-10-31.`);
}

/** The day on which something happened, as a calendar on the wall there shows it. */
export function dayOf(iso: string, zone: Zone): string {
  const at = Date.parse(iso);
  return new Date(at + zone.offset(at) * 60_000).toISOString().slice(0, 10);
}

/** Date and time as a clock on the wall there shows them: `2026-10-31 09:30:00`. */
export function wallTime(iso: string, zone: Zone): string {
  const at = Date.parse(iso);
  return new Date(at + zone.offset(at) * 60_000).toISOString().slice(0, 19).replace('T', ' ');
}
