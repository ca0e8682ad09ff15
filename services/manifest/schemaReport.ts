import { z } from 'zod';
import { connectorNames } from './connectors.ts';
import { fields, word } from './schemaFields.ts';
import { duration } from './schemaVerify.ts';

/** The words for what comes in lists and in several forms, in a postback or in a report. */
export const each = z
  .record(z.string().regex(/^[a-z][A-Za-z]*$/, 'name a level in letters'), word)
  .describe(
    'One conversion per item: names for the levels and where each list is, outer first. `body` is the whole JSON document',
  );

const variant = z.strictObject({
  when: word.optional().describe('Applies if this parameter is sent; without `when`, if no other applies'),
  each: each.optional().describe('Its own lists, instead of the common ones'),
  fields: fields.describe('Its own fields, beside or instead of the common ones'),
});

export const variants = z
  .array(variant)
  .min(1)
  .describe('Where several templates are in use: each with fields of its own');

/** The words for a report: who fetches it, how often, how far back; and where in it each field is. */
export const report = z.strictObject({
  from: z
    .enum(connectorNames)
    .describe('The connector that fetches it; `csv` for a file that somebody downloads'),
  docs: z.url('write the whole address: https://..').optional().describe('Where they document it'),
  accounts: z
    .array(word)
    .min(1)
    .optional()
    .describe(
      'Our accounts there, where each has a report: fetched one after the other, each by secrets of its own (`api-key-<account>`). `path.account` is the one that a row came from',
    ),
  settings: z
    .record(z.string(), word)
    .optional()
    .describe('What the connector must know beside: the host of a country, a zone'),
  lookback: duration
    .optional()
    .describe(
      'How long after a sale they may still change it. Every run reads again from so far before the end of the last one: 60d',
    ),
  every: duration.optional().describe('How often it is fetched: 6h'),
  each: each.optional(),
  fields: fields
    .optional()
    .describe('Ours: theirs, in a row of the report. Nothing is taken over from the postback'),
  variants: variants.optional(),
});
export type Report = z.infer<typeof report>;
