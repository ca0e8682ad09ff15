import { z } from 'zod';
import { status } from '../contract/status.ts';
import { fieldKinds, fieldNames, type FieldName } from './fields.ts';

/**
 * The manifest language: every word it has. This one schema serves the editor (as JSON Schema), the loader and the running service.
 * Texts are all it knows (YAML is read without types), so `1.0`, `yes` and `007` stay as they were written.
 */
const word = z.string().min(1);
const words = z
  .union([word, z.array(word)])
  .describe('One of their words, or a list; a trailing * stands for any ending');
const duration = z.string().regex(/^\d+[smhd]$/, 'write a duration as 30s, 5m, 1h or 2d');
const date = z.iso.date({
  error: ({ input }) =>
    typeof input === 'string' && /^\d{4}-\d\d-\d\d$/.test(input)
      ? 'there is no such day'
      : 'write a date as 2027-03-31',
});
const count = z.string().regex(/^\d{1,4}$/, 'write a whole number');

/** One text, or a list that people can read: each item one parameter. */
export const parameters = z.union([
  z.string(),
  z.array(z.string().regex(/^[^=&\s]+(=[^&]*)?$/, 'write one parameter an item: name=value')),
]);
const answer = z
  .string()
  .regex(/^(20[0-4]|20[6-9]|2[1-9]\d)( [\x20-\x7e]{1,200})?$/, 'write a code and a text: 200 OK')
  .refine((text) => !text.startsWith('204 '), '204 carries no text')
  .optional();

const from = word.describe(
  'Where the value is: a parameter, or `header.x`, `query.x`, `path.x`, or a path into JSON. `a or b` takes the first that is present, `a b` is a and its companion (a currency, a zone), `{a}{b?}` joins, `a?` may be missing',
);
const value = z.union([
  from,
  z.strictObject({
    from,
    default: word.optional().describe('The value when they send nothing at all; not when they send it empty'),
    as: word.optional().describe("How their times are written, in Luxon's tokens: dd/MM/yyyy HH:mm"),
    take: z
      .enum(['first', 'last'])
      .optional()
      .describe(
        'Which to take when a parameter comes twice with different values; without this that is unreadable',
      ),
  }),
]);
export type Value = z.infer<typeof value>;

const ourStatuses = Object.fromEntries(status.options.map((name) => [name, words.optional()])) as Record<
  (typeof status.options)[number],
  z.ZodOptional<typeof words>
>;

const fields = z.strictObject({
  ...(Object.fromEntries(
    fieldNames.map((name) => [name, value.optional().describe(fieldKinds[name].says)]),
  ) as Record<FieldName, z.ZodOptional<typeof value>>),
  status: z
    .strictObject({
      from: from.optional().describe('Where their word is. Only a partner that sends none goes without'),
      default: status.optional().describe('Our status when they send none at all'),
      ...ourStatuses,
      ignored: words.optional().describe('Words of events that are no conversions: answered, not published'),
    })
    .optional()
    .describe('Their words under ours. A word that stands nowhere quarantines'),
  test: z
    .strictObject({ from, yes: words })
    .optional()
    .describe('What marks a test conversion: it is shown, never paid'),
  subIds: z
    .union([from, z.array(from)])
    .optional()
    .describe("Where their sub ids are, in the network's own order"),
  extra: z
    // Readers of JSON, zod among them, drop this one name: it would be kept in raw alone.
    .array(word.refine((name) => name !== '__proto__', 'a parameter of this name cannot be kept'))
    .optional()
    .describe('Parameters to keep beside the rest. They are only kept: a change of them alone is no news'),
});
export type Fields = z.infer<typeof fields>;

const verifyBlock = z.strictObject({
  secret: z
    .string()
    .regex(
      /^[a-z][a-z0-9-]{0,40}$/,
      'a secret is named in lower case, digits and hyphens: this is its name, never its value',
    )
    .optional()
    .describe("The secret's name; its value lives in Secret Manager, never here"),
  at: word
    .optional()
    .describe('Where the secret or the signature stands: token, path.token, header.authorization.bearer'),
  by: z
    .enum(['hmac-sha1', 'hmac-sha256', 'hmac-sha512'])
    .optional()
    .describe('How the signature is made. Without this word the secret itself stands there'),
  of: word
    .optional()
    .describe('What is signed: {body}, {query}, {path}, {header.x}. The body, if nothing is said'),
  sentAt: word.optional().describe('The signed time of sending; older or newer than `within` is refused'),
  within: duration.optional().describe('How far that time may be off: 5m if nothing is said'),
  addresses: z
    .array(word)
    .optional()
    .describe('Address ranges they send from, required beside the rest; never proof by themselves'),
  none: word
    .optional()
    .describe('Nothing is verified, and why. Such events are hints until a report confirms them'),
  until: date.optional().describe('The last day (UTC) on which this counts; needed beside `none`'),
});
export type VerifyBlock = z.infer<typeof verifyBlock>;

const each = z
  .record(z.string().regex(/^[a-z][A-Za-z]*$/, 'name a level in letters'), word)
  .describe(
    'One conversion per item: names for the levels and where each list is, outer first. `body` is the whole JSON document',
  );

const variant = z.strictObject({
  when: word.optional().describe('Applies if this parameter is sent; without `when`, if no other applies'),
  each: each.optional(),
  fields: fields.describe('Its own fields, beside or instead of the common ones'),
});

export const manifestSchema = z
  .strictObject({
    id: z
      .string()
      .regex(/^[a-z][a-z0-9-]{1,18}$/, 'an id is 2 to 19 of a-z, 0-9 and -, and begins with a letter')
      .describe('The folder, the service and the partner of its events'),
    name: word.describe('What people call them'),
    docs: z
      .url('write the whole address: https://..')
      .optional()
      .describe('Where they document their postback'),
    assumed: z.array(word).optional().describe('What nobody has confirmed yet'),
    stage: z
      .enum(['test', 'live'])
      .optional()
      .describe('Events of a test partner are marked, shown, never paid. live, if nothing is said'),
    path: z
      .string()
      .regex(
        /^(\/([A-Za-z0-9._~-]+|\{[a-z]+\}))+$/,
        'begins with /, has no / at its end and no query; a secret is {small letters}, alone between slashes',
      )
      .describe('Where they call: /<id> or below it; a secret in it is written {token}'),
    verify: z
      .union([verifyBlock, z.array(verifyBlock).min(1)])
      .describe('How we know that it is them. A list: any one is enough'),
    each: each.optional(),
    fields: fields.optional().describe('Ours: theirs'),
    variants: z
      .array(variant)
      .min(1)
      .optional()
      .describe('Where several templates are in use: each with fields of its own'),
    identity: z
      .array(z.enum(['account', 'conversionId', 'lineId']))
      .optional()
      .describe('What makes a sale: conversionId and lineId, if nothing is said'),
    repeat: z
      .strictObject({
        window: duration.describe(
          'How long the same report counts as a late retry, where they send no update time: 1h',
        ),
      })
      .optional(),
    answers: z
      .strictObject({ kept: answer, repeat: answer, probe: answer, quarantined: answer })
      .optional()
      .describe('What they want to hear, where `200 OK` (quarantined: 202) will not do: any 2xx and a text'),
    setup: z
      .strictObject({
        where: word.describe('Where on their screens'),
        paste: parameters
          .optional()
          .describe(
            'The parameters to paste, with their macros, as one text or a list; secret and address are added',
          ),
      })
      .optional(),
    deploy: z
      .strictObject({
        minInstances: count.optional(),
        maxInstances: count.optional(),
        memory: z
          .string()
          .regex(/^\d+Mi$/, 'write memory as 512Mi')
          .optional(),
        answerWithin: duration.optional().describe('They must have an answer by then: 8s'),
        maxBody: z
          .string()
          .regex(/^([1-9]|[1-9]\d|1[01]\d|12[0-8])kB$/, 'at most 128kB')
          .optional()
          .describe('The largest body accepted: 128kB'),
      })
      .optional(),
  })
  .describe(
    'LinkShare partner manifest: how a network calls us, how it is verified, where each field comes from',
  );

export type Manifest = z.infer<typeof manifestSchema>;
