import type { Incoming } from '../../services/manifest/read/request.ts';
/** Examples are YAML without types: compare leaves as text. */
export function asTexts(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(asTexts);
  if (typeof value === 'object' && value !== null)
    return Object.fromEntries(Object.entries(value).map(([k, v]) => [k, asTexts(v)]));
  return String(value);
}

/** As a proxy in front of the gateway writes it, for one that trusts one: an example says where it comes from, if that matters. */
export const comingFrom = ({ address = '127.0.0.1', ...request }: Incoming): Incoming => ({
  ...request,
  headers: { ...request.headers, 'x-forwarded-for': address },
});
