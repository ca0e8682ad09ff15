import type { Example } from '../example.ts';
import type { Problem } from '../load/problems.ts';
import type { Manifest } from '../schema.ts';
import { lintClashes } from './clashes.ts';
import { lintExamples } from './examples.ts';
import { lintHints } from './hints.ts';
import { lintIdentity } from './identity.ts';
import { lintJoined } from './joined.ts';
import { lintNames } from './names.ts';
import { lintOurs } from './ours.ts';
import { lintReport } from './report.ts';
import { lintSecrets } from './secrets.ts';
import { lintStatus } from './status.ts';

/**
 * What loads and is probably not meant: each with where it stands in the manifest, a sentence, and what to do. `others` are the other
 * partners' manifests. A manifest that does not load has other problems first.
 */
export function lint(
  manifest: Manifest,
  examples: readonly Example[],
  others: readonly Manifest[] = [],
): Problem[] {
  return [
    ...lintNames(manifest, examples),
    ...lintStatus(manifest),
    ...lintIdentity(manifest),
    ...lintJoined(manifest),
    ...lintSecrets(manifest),
    ...lintOurs(manifest),
    ...lintHints(manifest),
    ...lintClashes(manifest, others),
    ...(manifest.path === '' ? [] : lintExamples(examples)),
    ...lintReport(manifest),
  ];
}
