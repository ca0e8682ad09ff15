import { z } from 'zod';
import { exampleSchema } from './example.ts';
import { reportExampleSchema } from './reportExample.ts';

/** What stands in examples/: a request of theirs, or a page of their report. */
export const exampleFile = z
  .union([exampleSchema, reportExampleSchema])
  .describe('LinkShare example: what a partner sends and what becomes of it; it runs as a test');
