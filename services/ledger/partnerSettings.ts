import { z } from 'zod';
import type { PartnerSettings } from './record.ts';

const entry = z.strictObject({
  repeatWindow: z.number().int().positive().optional(),
  paysUnverified: z.boolean().optional(),
});

/**
 * What the ledger must know of partners, where it has no manifests: PARTNER_SETTINGS, `{"acme":{"repeatWindow":3600000,"paysUnverified":true}}`.
 * One hour, and paid only when a report confirms it, for whom it does not name. Throws for what is no such JSON.
 */
export function readPartnerSettings(json: string): PartnerSettings {
  const known = z.record(z.string(), entry).parse(JSON.parse(json));
  const of = (partner: string) => (Object.hasOwn(known, partner) ? known[partner] : undefined);
  return {
    repeatWindow: (partner) => of(partner)?.repeatWindow ?? 3_600_000,
    paysUnverified: (partner) => of(partner)?.paysUnverified ?? false,
  };
}
