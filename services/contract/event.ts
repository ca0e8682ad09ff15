import { z } from 'zod';
import { amountFields, money } from './money.ts';
import { rawRequest } from './raw.ts';
import { status } from './status.ts';

/** 512 characters: more than any network's id or sub id (the longest known is Optimise's UID5, 250). */
const text = z.string().min(1).max(512);
/** Times are compared as texts, so they all have to be of one form. */
const time = z.iso.datetime({ precision: 3 }).describe('ISO 8601, UTC, milliseconds');

/**
 * Conversion event v1: one reported state of one conversion, in our words. Every partner's postbacks and reports become these.
 * The descriptions are the glossary; the JSON Schema beside this file is generated from them.
 */
export const conversionEvent = z
  .strictObject({
    version: z.literal(1),
    id: z
      .string()
      .regex(/^[0-9a-f]{32}$/)
      .describe('Hash of what is reported: see id.ts. Equal ids are repeats'),
    key: z
      .string()
      .describe(
        'Which conversion: partner, account (only where the manifest says so), conversionId and lineId',
      ),
    partner: text.describe('The manifest this came through'),
    account: text
      .optional()
      .describe('Which of our accounts at the partner, where the manifest tells them apart'),
    conversionId: text.describe("The partner's id of the sale; digits stay text, so 19 of them survive"),
    lineId: text.optional().describe('The line of the sale, where the partner reports lines'),
    orderId: text.optional().describe("The shop's or the partner's order"),
    clickId: text.optional().describe('The click id that went out with the shopper'),
    publisherRef: text.optional().describe('What names the publisher: a sub id, tag or channel'),
    subIds: z
      .array(z.string().max(512))
      .describe("The network's sub ids in its own order; an empty text is a slot that was not filled"),
    offer: z.strictObject({ id: text.optional(), name: text.optional() }).optional(),
    product: z
      .strictObject({ id: text.optional(), name: text.optional(), quantity: text.optional() })
      .optional(),
    status,
    partnerStatus: text.optional().describe("The partner's own word for it, if it sent one"),
    saleAmount: money.optional().describe('What the shopper paid'),
    commission: money.optional().describe('What the partner pays us'),
    localSaleAmount: money.optional().describe("What the shopper paid, in the shop's currency"),
    localCommission: money.optional().describe("What the partner pays us, in the shop's currency"),
    adds: text
      .optional()
      .describe('The amounts are added to those known, once for each such text, and do not replace them'),
    occurredAt: time.optional().describe('When the sale was made'),
    clickedAt: time.optional().describe('When the shopper clicked'),
    updatedAt: time.optional().describe('When the partner last changed it, if it says so'),
    receivedAt: time.describe('When this report of it reached us'),
    verified: z.boolean().describe('false: a hint that nothing proves; paid only when a report confirms it'),
    test: z.boolean().describe('true: shown, never paid'),
    via: z.enum(['postback', 'report']),
    extra: z.record(z.string(), z.string()).describe('What else the manifest keeps; no part of the id'),
    raw: rawRequest.optional().describe('The request as it came, secrets masked; on its first event'),
    rawIn: z.string().optional().describe('The id of the event that carries the request'),
  })
  .describe('LinkShare conversion event v1: one reported state of one conversion')
  .refine((event) => (event.raw === undefined) !== (event.rawIn === undefined) || event.via === 'report', {
    message: 'a postback carries its raw request or the id of the event that does',
  })
  .refine((event) => event.adds !== undefined || event.status !== 'adjusted', {
    message: 'an adjusted sale says by what: adds',
  })
  .refine(
    (event) => event.adds !== undefined || !amountFields.some((name) => event[name]?.amount.startsWith('-')),
    {
      message: 'only what is added may be negative',
    },
  );

export type ConversionEvent = z.infer<typeof conversionEvent>;
