import type { Problem } from '../load/problems.ts';
import { asReading } from '../report/compile.ts';
import type { Manifest } from '../schema.ts';
import { lintIdentity } from './identity.ts';
import { lintStatus } from './status.ts';

/** A report is read by the same words as a postback: what is probably not meant there, is not meant here. */
export function lintReport(manifest: Manifest): Problem[] {
  const { report } = manifest;
  if (report === undefined) return [];
  const reading = asReading(manifest, report);
  return [...lintStatus(reading), ...lintIdentity(reading)].map(({ path, message }) => ({ path: ['report', ...path], message })); // prettier-ignore
}
