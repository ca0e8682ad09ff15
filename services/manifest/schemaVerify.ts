import { z } from 'zod';
import { word } from './schemaFields.ts';
import { algorithms } from './verify/algorithms.ts';
import { secretForms } from './verify/secret.ts';

export const duration = z.string().regex(/^\d+[smhd]$/, 'write a duration as 30s, 5m, 1h or 2d');
const date = z.iso.date({
  error: ({ input }) =>
    typeof input === 'string' && /^\d{4}-\d\d-\d\d$/.test(input)
      ? 'there is no such day'
      : 'write a date as 2027-03-31',
});

/** One proof: where it stands, by what it is made, and of what. */
const proof = z
  .strictObject({
    secret: z
      .string()
      .regex(
        /^[a-z][a-z0-9-]{0,40}$/,
        'a secret is named in lower case, digits and hyphens: this is its name, never its value',
      )
      .optional()
      .describe("The secret's name; its value lives in Secret Manager, never here"),
    secretIs: z
    .enum(secretForms)
    .optional()
    .describe('How the secret becomes the key: its text, if nothing is said; decoded from base64 or hex; the hex of its sha1 or md5'), // prettier-ignore
    keys: z
      .union([word, z.array(word).min(1)])
      .optional()
      .describe('Their public keys, or the https address where they publish them (PEM or any usual JSON)'),
    at: word
      .optional()
      .describe('Where the secret or the signature stands: token, path.token, header.authorization.bearer'),
    by: z
      .enum(algorithms)
      .optional()
      .describe('How the signature is made. Without this word the secret itself stands there'),
    of: word
      .optional()
      .describe(
        'What is signed: {body}, {query} (up to the signature), {path}, {params}, {header.x}, a parameter; in a plain hash {secret}. The body, if nothing is said',
      ),
    pair: word
      .optional()
      .describe(
        'How {params} writes a parameter, sorted by name: `{key}={value}&`. Empty ones are left out, but not of `{value?}`; what ends it stands between two',
      ),
    length: z
      .string()
      .regex(/^([89]|[1-5]\d|6[0-4])$/, 'write how many bytes they send: from 8, since fewer can be guessed')
      .optional()
      .describe('How many bytes of the signature they send, where they cut it short: at least 8'),
    iv: word.optional().describe("Where the start vector of what is encrypted stands, in base64, as the text itself"), // prettier-ignore
    unsigned: z
      .union([z.literal('all'), z.array(word).min(1)])
      .optional()
      .describe(
        'Our fields that their signature does not cover: whoever has seen one of their requests can write them anew. `all` of what is only encrypted',
      ),
    sentAt: word.optional().describe('The signed time of sending; older or newer than `within` is refused'),
    within: duration.optional().describe('How far that time may be off: 5m if nothing is said'),
  })
  .meta({ id: 'proof' });

/** The words for verification: a proof, what has to come beside it, and until when it counts. */
export const verifyBlock = proof.extend({
  and: z
    .union([proof, z.array(proof).min(1)])
    .optional()
    .describe('Another proof that has to come beside this one, or a list of which all have to'),
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
