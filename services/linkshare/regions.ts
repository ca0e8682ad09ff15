import type { Zone } from 'luxon';
import { zoneOf } from '../contract/time.ts';
import { UsageError } from './errors.ts';

/** A market of TikTok Shop: the zone in which its days are cut, and the currency of its orders. */
export interface Region {
  code: string;
  name: string;
  zone: string;
  currency: string;
}

/**
 * TikTok Shop's markets. Where a country has several zones it is that of its largest city; for the USA that of TikTok Shop's own reports
 * (Pacific). Source: https://seller.tiktok.com (markets), IANA (zones), ISO 4217 (currencies).
 */
const rows: [code: string, name: string, zone: string, currency: string][] = [
  ['BR', 'Brazil', 'America/Sao_Paulo', 'BRL'],
  ['DE', 'Germany', 'Europe/Berlin', 'EUR'],
  ['ES', 'Spain', 'Europe/Madrid', 'EUR'],
  ['FR', 'France', 'Europe/Paris', 'EUR'],
  ['GB', 'United Kingdom', 'Europe/London', 'GBP'],
  ['ID', 'Indonesia', 'Asia/Jakarta', 'IDR'],
  ['IE', 'Ireland', 'Europe/Dublin', 'EUR'],
  ['IT', 'Italy', 'Europe/Rome', 'EUR'],
  ['JP', 'Japan', 'Asia/Tokyo', 'JPY'],
  ['MX', 'Mexico', 'America/Mexico_City', 'MXN'],
  ['MY', 'Malaysia', 'Asia/Kuala_Lumpur', 'MYR'],
  ['PH', 'Philippines', 'Asia/Manila', 'PHP'],
  ['SG', 'Singapore', 'Asia/Singapore', 'SGD'],
  ['TH', 'Thailand', 'Asia/Bangkok', 'THB'],
  ['US', 'United States', 'America/Los_Angeles', 'USD'],
  ['VN', 'Vietnam', 'Asia/Ho_Chi_Minh', 'VND'],
];

export const regions: ReadonlyMap<string, Region> = new Map(
  rows.map(([code, name, zone, currency]) => [code, { code, name, zone, currency }]),
);

/** A market by its code, in any case; UK is GB. Throws UsageError. */
export function readRegion(text: string): Region {
  const code = text.trim().toUpperCase();
  const region = regions.get(code === 'UK' ? 'GB' : code);
  if (region) return region;
  throw new UsageError(`"${text}" is no market of TikTok Shop: there are ${[...regions.keys()].join(', ')}.`);
}

/** Throws UsageError for a zone that does not exist. */
export function readZone(text: string): Zone {
  const zone = zoneOf(text);
  if (zone) return zone;
  throw new UsageError(`"${text}" is no zone: it is like Asia/Jakarta, UTC or +07:00.`);
}
