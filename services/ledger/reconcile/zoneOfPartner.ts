import { zoneOf } from '../../contract/time.ts';
import type { Partner } from '../../manifest/compile.ts';
import type { Fields } from '../../manifest/schema.ts';

/** The zone in which a partner cuts its days: the one its manifest gives for when a sale was made; UTC where it gives none. */
export function zoneOfPartner({ manifest }: Partner): string {
  const { fields, variants = [] } = manifest;
  const all = [fields, ...variants.map((variant) => variant.fields)];
  return all.flatMap((each) => zonesIn(each?.occurredAt))[0] ?? 'UTC';
}

function zonesIn(value: Fields['occurredAt']): string[] {
  const text = typeof value === 'string' ? value : (value?.from ?? '');
  return text.split(/\s+/).filter((word) => zoneOf(word));
}
