import { DateTime, type Zone } from 'luxon';
import { zoneOf } from '../../contract/time.ts';

/** Days of a partner, first and last included, as their report cuts them. */
export interface Period {
  from: string;
  to: string;
  zone: Zone;
}

/** Days that are fetched beside those asked for: a sale near midnight, or read in a wrong zone, must not be called missing. */
export const margin = 2;

/** More than a year at once is a slip of the pen. */
const mostDays = 400;

/** Throws, for the user, where a date does not exist, they are reversed, or there is no such zone. */
export function periodOf(from: string, to: string, zoneName: string): Period {
  const zone = zoneOf(zoneName);
  if (!zone) throw new Error(`"${zoneName}" is no zone: write Asia/Kuala_Lumpur, UTC or +08:00`);
  for (const day of [from, to])
    if (!isDay(day)) throw new Error(`"${day}" is no day: write it as 2026-10-31`);
  if (from > to) throw new Error(`--from ${from} is after --to ${to}: write the earlier day first`);
  const days = DateTime.fromISO(to).diff(DateTime.fromISO(from), 'days').days + 1;
  if (days > mostDays) throw new Error(`${days} days are too many: reconcile at most ${mostDays} at once`);
  return { from, to, zone };
}

const isDay = (text: string) =>
  /^\d{4}-\d\d-\d\d$/.test(text) && DateTime.fromISO(text, { zone: 'utc' }).isValid;

/** The last `days` whole days before today, in the zone. */
export function lastDays(days: number, zoneName: string, now: Date): { from: string; to: string } {
  const today = DateTime.fromJSDate(now, { zone: zoneOf(zoneName) ?? 'utc' });
  return { from: today.minus({ days }).toISODate()!, to: today.minus({ days: 1 }).toISODate()! };
}

/** The moments at which a period begins, and at which it is over, so many days wider on both sides. */
export function momentsOf({ from, to, zone }: Period, wider = 0): { since: Date; until: Date } {
  const since = DateTime.fromISO(from, { zone }).minus({ days: wider });
  const until = DateTime.fromISO(to, { zone }).plus({ days: 1 + wider });
  return { since: since.toJSDate(), until: until.toJSDate() };
}

/** Its day in a zone: yyyy-mm-dd. */
export const dayOf = (iso: string, zone: Zone): string => DateTime.fromISO(iso, { zone }).toISODate()!;

/** The day a sale counts for: when it was made; where nobody says, when we first heard of it. */
export const dayOfSale = (sale: { occurredAt?: string | undefined; receivedAt: string }, zone: Zone) =>
  dayOf(sale.occurredAt ?? sale.receivedAt, zone);

/** Whether a sale's day lies in the period. */
export function isIn({ from, to, zone }: Period, sale: Parameters<typeof dayOfSale>[0]): boolean {
  const day = dayOfSale(sale, zone);
  return day >= from && day <= to;
}
