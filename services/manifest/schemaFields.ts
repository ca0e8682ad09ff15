import { z } from 'zod';
import { status, type Status } from '../contract/status.ts';
import { fieldKinds, fieldNames, type FieldName } from './fields.ts';

/** The words for reading: where a value is, and how it is written. */
export const word = z.string().min(1);
const list = z.union([word, z.array(word)]);

export const from = word.describe(
  'Where the value is: a parameter, or `header.x`, `query.x`, `path.x`, `body.x`, or a path into JSON. `a or b` takes the first that is present, `a b` is a and its companion (a currency, a zone), `{a}{b?}` joins, `a?` may be missing',
);
const split = word.max(3).describe('What stands between sub ids that come joined in one text: `-`');

const value = z
  .union([
    word,
    z.strictObject({
      from,
      default: word
        .optional()
        .describe('The value when they send nothing at all; not when they send it empty'),
      as: word
        .optional()
        .describe(
          "How it is written. Money: cents (the currency's smallest unit), thousandths, local (`Rp9.900`, `1.234,56 €`). Times: Luxon's tokens, dd/MM/yyyy HH:mm",
        ),
      less: word
        .optional()
        .describe(
          'Money: where the sum of all refunds so far stands, which is taken off; written as the amount and in its currency',
        ),
      split: split.optional(),
      take: z
        .string()
        .regex(/^(first|last|[1-9])$/, 'write first, last, or a number from 1 to 9')
        .optional()
        .describe(
          'Which one, of a list, of the pieces of `split`, or of a parameter that comes more than once; without this, different ones are unreadable',
        ),
    }),
  ])
  .meta({ id: 'field' });
export type Value = z.infer<typeof value>;

/** What an account manager must know of a status before putting a word under it. */
const statusWords: Record<Status, string> = {
  pending:
    'Their words for a sale that is reported and not decided. One or a list; a trailing * stands for any ending',
  approved: 'Their words for a sale that they will pay',
  rejected: 'Their words for a sale that never counted',
  paid: 'Their words for a sale that they have paid us',
  on_hold: 'Their words for a sale that they look at first',
  reversed: 'Their words for a sale that is taken back whole, whatever amount comes with it',
  adjusted:
    'Their words for a change of amounts, such as a partial refund: what comes is added as signed (-5 takes off), the status stays; needs `repeat.distinct`',
};

const ourStatuses = Object.fromEntries(
  status.options.map((name) => [name, list.describe(statusWords[name]).optional()]),
) as Record<Status, z.ZodOptional<typeof list>>;

export const fields = z
  .strictObject({
    ...(Object.fromEntries(
      fieldNames.map((name) => [name, value.optional().describe(fieldKinds[name].says)]),
    ) as Record<FieldName, z.ZodOptional<typeof value>>),
    status: z
      .strictObject({
        from: from.optional().describe('Where their word is. Only a partner that sends none goes without'),
        default: status.exclude(['adjusted']).optional().describe('Our status when they send none at all'),
        ...ourStatuses,
        ignored: list.optional().describe('Words of events that are no conversions: answered, not published'),
      })
      .optional()
      .describe('Their words under ours. A word that stands nowhere quarantines'),
    test: z
      .strictObject({ from, yes: list.describe('Their words that mean: only a test') })
      .optional()
      .describe('What marks a test conversion: it is shown, never paid'),
    subIds: z
      .union([word, z.array(word), z.strictObject({ from, split })])
      .optional()
      .describe(
        "Where their sub ids are, in the network's own order: one place each, or one that holds a list or a text to split",
      ),
    extra: z
      // Readers of JSON, zod among them, drop this one name: it would be kept in raw alone.
      .array(word.refine((name) => name !== '__proto__', 'a parameter of this name cannot be kept'))
      .optional()
      .describe('Parameters to keep beside the rest. They are only kept: a change of them alone is no news'),
  })
  .meta({ id: 'fields' });
export type Fields = z.infer<typeof fields>;
