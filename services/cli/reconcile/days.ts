import { lastDays, periodOf } from '../../ledger/reconcile/period.ts';
import { zoneOfPartner } from '../../ledger/reconcile/zoneOfPartner.ts';
import type { Partner } from '../../manifest/compile.ts';
import { wrongUse } from '../failure.ts';
import type { Options } from './commands.ts';

/** Which days, in which zone. Throws, for the user, what makes no sense, before anything is opened or fetched. */
export function daysOf(
  { from, to, days, zone }: Options,
  partner: Partner,
  now: Date,
): { from: string; to: string; zone: string } {
  const cut = zone ?? zoneOfPartner(partner);
  const span = days === undefined ? { from, to } : lastOf(days, { from, to }, cut, now);
  if (span.from === undefined || span.to === undefined)
    throw wrongUse('say which days: --from 2026-10-01 --to 2026-10-31, or --days 7');
  try {
    periodOf(span.from, span.to, cut);
  } catch (error) {
    throw wrongUse((error as Error).message, error);
  }
  return { from: span.from, to: span.to, zone: cut };
}

function lastOf(
  days: string,
  { from, to }: { from: string | undefined; to: string | undefined },
  zone: string,
  now: Date,
) {
  if (from !== undefined || to !== undefined) throw wrongUse('say either --days, or --from and --to');
  if (!/^[1-9]\d{0,2}$/.test(days)) throw wrongUse(`"${days}" is no number of days from 1 to 400`);
  return lastDays(Number(days), zone, now);
}
