import { z } from 'zod';
import { exampleNow, expectedEvent, expectedReasons, isReport, readExamples } from './example.ts';
import { ManifestError } from './load/load.ts';

/**
 * An example of a partner's report and what its rows become: documentation that runs as a test. Its file is named `report-…`.
 */
export const reportExampleSchema = z.strictObject({
  report: z
    .strictObject({
      page: z.string().optional().describe('A page as the network sends it, in JSON'),
      csv: z.string().optional().describe('A file as somebody downloads it, where the report is one'),
      account: z.string().optional().describe('Whose report it is, where there are several'),
    })
    .describe('What the network tells when it is asked'),
  now: exampleNow,
  expect: z
    .strictObject({
      events: z.array(expectedEvent).optional().describe('What each event holds, at least'),
      quarantined: z
        .array(z.strictObject({ reasons: expectedReasons }))
        .optional()
        .describe('The rows that cannot be read; none, if nothing is said'),
      ignored: z
        .string()
        .regex(/^\d+$/, 'write a whole number')
        .optional()
        .describe('How many rows are no sales; 0, if nothing is said'),
    })
    .describe('What becomes of its rows'),
});
export type ReportExample = z.infer<typeof reportExampleSchema> & { name: string; file: string };

/** A partner's examples of its report, by name. Throws ManifestError with every problem. */
export function loadReportExamples(folder: string): ReportExample[] {
  const { loaded, problems } = readExamples(folder, reportExampleSchema, isReport);
  if (problems.length > 0) throw new ManifestError(problems);
  return loaded.map(({ example }) => example);
}
