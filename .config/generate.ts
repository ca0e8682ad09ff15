/** Writes what is generated from code: `npm run generate`. A test fails when one of these files is stale. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { generated } from '../services/generated.ts';

for (const [file, text] of Object.entries(generated())) {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
}
