import { z } from 'zod';
import { ruleKinds } from './publishers/attribution.ts';
import { currencyCode } from './exchange/store.ts';
import { payoutKinds } from './payouts/payout.ts';

/** What an account manager may write; each is also a line of an import. */
export const publisherId = z.string().regex(/^[a-z0-9][a-z0-9-]{0,38}$/, 'an id is a-z, 0-9 and -');
const day = z.iso.date('write a day as 2026-11-24');
const decimal = z.string().regex(/^\d{1,12}(\.\d{1,8})?$/, 'write an amount as 2.70');
const currency = currencyCode;

/** Also as text: a cell of a table, or YAML read without types. */
export const wholeNumber = (least: number, most: number) =>
  z
    .union(
      [
        z.number(),
        z
          .string()
          .regex(/^-?\d{1,9}$/)
          .transform(Number),
      ],
      'is a whole number',
    ) // prettier-ignore
    .pipe(z.number().int().min(least, `is at least ${least}`).max(most, `is at most ${most}`));

/** Also as text. */
export const yesOrNo = z.union(
  [
    z.boolean(),
    z.enum(['yes', 'true']).transform(() => true),
    z.enum(['no', 'false']).transform(() => false),
  ],
  'is yes or no',
);

export const publisherInput = z.strictObject({
  id: publisherId,
  name: z.string().min(1).max(200),
  status: z.enum(['active', 'paused', 'closed']).optional(),
  contacts: z.record(z.string(), z.string()).optional(),
  /** The currency that they are paid in; `none`: in that of what a payout is reckoned of. */
  payIn: z.union([z.literal('none'), currency], 'is no ISO 4217 currency; or none').optional(),
});

const span = { since: day.optional(), until: day.optional() };
const isSpan = ({ since, until }: { since?: string | undefined; until?: string | undefined }) =>
  since === undefined || until === undefined || since <= until;
const wrongSpan = 'ends before it begins';

export const attributionInput = z
  .strictObject({
    publisher: publisherId,
    kind: z.enum(ruleKinds),
    value: z.string().min(1).max(512),
    partner: z.string().optional(),
    priority: wholeNumber(-1000, 1000).optional(),
    ...span,
  })
  .refine(isSpan, wrongSpan)
  .refine(
    ({ kind, value }) => kind !== 'pattern' || /[^*]/.test(value),
    'a pattern of * alone would claim all',
  );

export const payoutInput = z
  .strictObject({
    publisher: publisherId.optional(),
    partner: z.string().optional(),
    offer: z.string().optional(),
    kind: z.enum(payoutKinds),
    rate: decimal.optional(),
    fixed: decimal.optional(),
    cap: decimal.optional(),
    minimum: decimal.optional(),
    currency: currency.optional(),
    holdDays: wholeNumber(0, 366).optional(),
    ...span,
  })
  .refine(isSpan, wrongSpan)
  .refine(
    ({ kind, rate }) => (kind === 'fixed') === (rate === undefined),
    'share and percent have a rate, fixed has none',
  ) // prettier-ignore
  .refine(({ kind, fixed }) => (kind === 'fixed') === (fixed !== undefined), 'only fixed has a fixed amount')
  .refine(({ rate = '0' }) => Number(rate) <= 100, 'a rate is at most 100 per cent')
  .refine(
    ({ fixed, cap, minimum, currency }) => currency !== undefined || (fixed ?? cap ?? minimum) === undefined,
    'an amount needs its currency',
  );
