import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { conversionEvent } from './contract/event.ts';
import { quarantineRecord, refusedRecord } from './contract/records.ts';
import { withReasons } from './ledger/reconcile/reasonsTable.ts';
import { exampleSchema } from './manifest/example.ts';
import { manifestSchema } from './manifest/schema.ts';
import { withVocabulary } from './vocabulary.ts';

const text = (schema: object) => `${JSON.stringify(schema, null, 2)}\n`;

const eventSchema = (schema: z.ZodType) => text(z.toJSONSchema(schema));

/**
 * For editors, which read YAML with types: to them `approved: 1` is a number and `yes: true` a truth. To us every scalar is the text
 * that was written, so where any text may stand, those may too.
 */
const forEditors = (schema: z.ZodType) =>
  text(
    z.toJSONSchema(schema, {
      io: 'input',
      reused: 'ref',
      override: ({ jsonSchema }) => {
        // Words in backticks are shown as such.
        if (jsonSchema.description?.includes('`'))
          Object.assign(jsonSchema, { markdownDescription: jsonSchema.description });
        if (jsonSchema.type === 'string' && !jsonSchema.enum && !jsonSchema.format)
          Object.assign(jsonSchema, { type: ['string', 'number', 'boolean'] });
      },
    }),
  );

/** Every file that is made from code: JSON Schemas for editors and for whoever consumes our topics, the tables of the words of manifests and examples. */
export const generated = (): Record<string, string> => ({
  'partners/README.md': withVocabulary(readFileSync('partners/README.md', 'utf8')),
  'services/ledger/reconcile/README.md': withReasons(
    readFileSync('services/ledger/reconcile/README.md', 'utf8'),
  ),
  'partners/manifest.schema.json': forEditors(manifestSchema),
  'partners/example.schema.json': forEditors(exampleSchema),
  'services/contract/schema/conversion-event.v1.json': eventSchema(conversionEvent),
  'services/contract/schema/quarantine-record.v1.json': eventSchema(quarantineRecord),
  'services/contract/schema/refused-record.v1.json': eventSchema(refusedRecord),
});
