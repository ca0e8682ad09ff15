import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { generated } from '../services/generated.ts';

it.each(Object.entries(generated()))('%s is up to date (else: npm run generate)', (file, text) => {
  expect(readFileSync(file, 'utf8')).toBe(text);
});
