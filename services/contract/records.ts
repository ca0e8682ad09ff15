import { z } from 'zod';
import { rawRequest } from './raw.ts';

const head = {
  version: z.literal(1),
  id: z
    .string()
    .describe('Hash of partner, verdict and request: the same request sent again has the same id'),
  partner: z.string(),
  receivedAt: z.iso.datetime({ precision: 3 }),
  raw: rawRequest,
};

/** Why a request could not be read: the field (or `request`), and what is wrong with what was sent for it. */
export const reason = z.strictObject({
  field: z.string(),
  why: z.string(),
  value: z.string().optional().describe('What was sent, cut to 200 characters, secrets masked'),
});
export type Reason = z.infer<typeof reason>;

/** An authentic request that could not be read, kept whole. Mend the manifest, then replay. */
export const quarantineRecord = z.strictObject({
  ...head,
  verified: z.boolean().describe('The verdict of its verification; a replay does not ask again'),
  reasons: z.array(reason).min(1),
});
export type QuarantineRecord = z.infer<typeof quarantineRecord>;

/** A request that failed verification but names a conversion: kept for 7 days, released only by a named person. */
export const refusedRecord = z.strictObject({
  ...head,
  conversionId: z.string(),
  why: z.string(),
  secretHint: z
    .string()
    .optional()
    .describe(
      '8 hex of the HMAC of the secret it brought: tells one wrong token from another, and is no secret',
    ),
});
export type RefusedRecord = z.infer<typeof refusedRecord>;
