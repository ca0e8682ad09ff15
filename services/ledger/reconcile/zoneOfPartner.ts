import { zoneOf } from '../../contract/time.ts';
import type { Partner } from '../../manifest/compile.ts';
import type { Fields } from '../../manifest/schema.ts';

/** The zone in which a partner cuts its days: the one its manifest gives for when a sale was made, the report's first; UTC where it gives none. */
export function zoneOfPartner({ manifest }: Partner): string {
  const { report, fields, variants = [] } = manifest;
  const all = [report?.fields, ...[...(report?.variants ?? []), ...variants].map((variant) => variant.fields), fields]; // prettier-ignore
  return all.flatMap((each) => zonesIn(each?.occurredAt))[0] ?? 'UTC';
}

function zonesIn(value: Fields['occurredAt']): string[] {
  const text = typeof value === 'string' ? value : (value?.from ?? '');
  return text.split(/\s+/).filter((word) => zoneOf(word));
}
