import { existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { DraftExample } from '../../manifest/tools/draftExamples.ts';
import { exampleText } from '../../manifest/tools/write.ts';
import { wrongUse } from '../failure.ts';

/** Throws where the id is taken: what somebody has written is never overwritten. */
export function assertFree(partnersDir: string, id: string): void {
  const folder = join(partnersDir, id);
  if (existsSync(folder)) throw wrongUse(`${folder} is there already; take another id, or move it away`);
}

/** Writes a partner's folder, whole or not at all, and returns its path. */
export function writeFolder(
  partnersDir: string,
  id: string,
  manifest: string,
  examples: DraftExample[],
): string {
  assertFree(partnersDir, id);
  const folder = join(partnersDir, id);
  const draft = join(partnersDir, `.${id}.draft`);
  mkdirSync(join(draft, 'examples'), { recursive: true });
  try {
    writeFileSync(join(draft, 'manifest.yaml'), manifest);
    for (const example of examples) writeFileSync(join(draft, 'examples', `${example.name}.yaml`), exampleText(example)); // prettier-ignore
    renameSync(draft, folder);
  } finally {
    rmSync(draft, { recursive: true, force: true });
  }
  return folder;
}

/** What to do with a new folder. */
export const nextSteps = (id: string, folder: string): string =>
  [
    `${folder} is written. What comes next:`,
    `  1. look at ${folder}/manifest.yaml, above all at what is assumed`,
    `  2. npm run -s linkshare -- partner check ${id}`,
    `  3. npm start, and paste what npm run -s linkshare -- partner url ${id} prints on their side`,
    '  4. when a real sale has come through, delete the line "stage: test": until then sales are shown, never paid',
  ].join('\n');
