import { z } from 'zod';
import { answers } from './schemaAnswers.ts';
import { fields, from, word } from './schemaFields.ts';
import { each, report, variants } from './schemaReport.ts';
import { duration, verifyBlock } from './schemaVerify.ts';

export type { Fields, Value } from './schemaFields.ts';
export type { VerifyBlock } from './schemaVerify.ts';

/**
 * The manifest language: every word it has. This one schema serves the editor (as JSON Schema), the loader and the running service.
 * Texts are all it knows (YAML is read without types), so `1.0`, `yes` and `007` stay as they were written.
 */
const count = z.string().regex(/^\d{1,4}$/, 'write a whole number');

/** One text, or a list that people can read: each item one parameter. */
export const parameters = z.union([
  z.string(),
  z.array(z.string().regex(/^[^=&\s]+(=[^&]*)?$/, 'write one parameter an item: name=value')),
]);

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
        /^(\/([A-Za-z0-9._~-]+|\{[a-z]+\}))*$/,
        'begins with /, has no / at its end and no query; a secret is {small letters}, alone between slashes',
      )
      .default('')
      .describe(
        'Where they call: /<id> or below it; a secret in it is written {token}. Nothing, if there is only a report',
      ),
    verify: z
      .union([verifyBlock, z.array(verifyBlock)])
      .default([])
      .describe('How we know that it is them. A list: any one is enough'),
    ours: z
      .record(
        z.string().regex(/^[a-z][a-z0-9-]*$/, 'name a setting in small letters, digits and hyphens'),
        z.string().regex(/^[^{}]+$/, 'write the text itself, without braces'),
      )
      .optional()
      .describe(
        'What is ours and public, and stands in what they sign: an app key, our address. `of` has {ours.NAME} for it',
      ),
    hints: z
      .enum(['held', 'paid'])
      .optional()
      .describe(
        'What a sale that nothing proves is worth before their report confirms it: held, if nothing is said, or paid all the same',
      ),
    open: word
      .optional()
      .describe(
        'The parameter that holds everything, as a JSON document: bare names are then looked for in it',
      ),
    each: each.optional(),
    fields: fields.optional().describe('Ours: theirs'),
    variants: variants.optional(),
    identity: z
      .array(z.enum(['account', 'conversionId', 'lineId']))
      .optional()
      .describe('What makes a sale: conversionId and lineId, if nothing is said'),
    repeat: z
      .strictObject({
        window: duration
          .optional()
          .describe('How long the same report counts as a late retry, where they send no update time: 1h'),
        amounts: z
          .enum(['replace', 'add'])
          .optional()
          .describe(
            'What a later report of the same sale does to its amounts. replace, if nothing is said; to add, `distinct` must be there',
          ),
        distinct: from
          .optional()
          .describe('What tells two real changes of a sale from one that is sent again: their id of it'),
      })
      .optional()
      .describe('What a later report of the same sale does'),
    answers: answers
      .optional()
      .describe(
        'What they want to hear where the usual will not do, by outcome: `kept: 200 OK`. JSON and XML are recognised, another type goes between: `200 text/html Thanks`',
      ),
    report: report
      .optional()
      .describe('The report that we fetch from them, beside their postbacks or instead of them'),
    setup: z
      .strictObject({
        where: word.describe('Where on their screens'),
        paste: parameters
          .optional()
          .describe(
            'The parameters to paste, with their macros, as one text or a list; secret and address are added',
          ),
      })
      .optional()
      .describe('What to do on their side: `linkshare partner url` prints it'),
    deploy: z
      .strictObject({
        minInstances: count.optional().describe('How many instances are kept warm: 0'),
        maxInstances: count.optional().describe('How many there may be at most: 20'),
        memory: z
          .string()
          .regex(/^\d+Mi$/, 'write memory as 512Mi')
          .optional()
          .describe('What each of them may use: 512Mi'),
        answerWithin: duration.optional().describe('They must have an answer by then: 8s'),
        maxBody: z
          .string()
          .regex(/^([1-9]|[1-9]\d|1[01]\d|12[0-8])kB$/, 'at most 128kB')
          .optional()
          .describe('The largest body accepted: 128kB'),
      })
      .optional()
      .describe('How its service runs'),
  })
  .describe(
    'LinkShare partner manifest: how a network calls us, how it is verified, where each field comes from',
  );

export type Manifest = z.infer<typeof manifestSchema>;
