import type { Zone } from 'luxon';
import type { Reason } from './reasons.ts';
import { dayOf } from './period.ts';

const minute = 60_000;
/** From UTC-12 to UTC+14, the farthest two clocks are apart: 26 hours. Zones differ by whole quarters of an hour. */
const widest = 26 * 60 * minute;

/**
 * Why two times of one sale fall on different days. The same wall clock read in two zones is so many whole quarters of an hour apart; of
 * a report that gives the day alone (midnight), the day is the next or the one before. Anything else is another time, which no zone explains.
 */
export function explainDay(said: string, reported: string, zone: Zone): Reason {
  const apart = Math.abs(Date.parse(said) - Date.parse(reported));
  if (apart <= widest && apart % (15 * minute) === 0) return 'day';
  return isMidnight(reported, zone) && areNextDays(said, reported, zone) ? 'day' : 'unexplained';
}

const isMidnight = (iso: string, zone: Zone) =>
  Date.parse(iso) === Date.parse(`${dayOf(iso, zone)}T00:00:00Z`) - zone.offset(Date.parse(iso)) * minute;

const areNextDays = (a: string, b: string, zone: Zone) =>
  Math.abs(Date.parse(dayOf(a, zone)) - Date.parse(dayOf(b, zone))) <= 24 * 60 * minute;
