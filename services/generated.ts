import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { conversionEvent } from './contract/event.ts';
import { quarantineRecord, refusedRecord } from './contract/records.ts';
import { editorSchema } from './editorSchema.ts';
import { withReasons } from './ledger/reconcile/reasonsTable.ts';
import { exampleFile } from './manifest/exampleFile.ts';
import { manifestSchema } from './manifest/schema.ts';
import { withVocabulary } from './vocabulary.ts';

const text = (schema: object) => `${JSON.stringify(schema, null, 2)}\n`;

const eventSchema = (schema: z.ZodType) => text(z.toJSONSchema(schema));

/** Every file that is made from code: JSON Schemas for editors and for whoever consumes our topics, the tables of the words of manifests and examples. */
export const generated = (): Record<string, string> => ({
  'partners/README.md': withVocabulary(readFileSync('partners/README.md', 'utf8')),
  'services/ledger/reconcile/README.md': withReasons(
    readFileSync('services/ledger/reconcile/README.md', 'utf8'),
  ),
  'partners/manifest.schema.json': text(editorSchema(manifestSchema)),
  'partners/example.schema.json': text(editorSchema(exampleFile)),
  'services/contract/schema/conversion-event.v1.json': eventSchema(conversionEvent),
  'services/contract/schema/quarantine-record.v1.json': eventSchema(quarantineRecord),
  'services/contract/schema/refused-record.v1.json': eventSchema(refusedRecord),
});
