import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { readYaml } from '../load/yaml.ts';

/**
 * A word shown by an example, which runs as a test: what a manifest says, what is sent to it, and what comes out. `they` lists several
 * requests where one follows another.
 */
const shown = z.strictObject({
  say: z.string(),
  they: z.union([z.string(), z.array(z.string())]),
  we: z.record(z.string(), z.string()),
});
export type Shown = z.infer<typeof shown>;

const chapter = z.strictObject({ title: z.string() }).catchall(shown);

/** A part of the language, and an example for each of its words. */
export interface Chapter {
  title: string;
  words: Record<string, Shown>;
}

const files = ['who', 'proof', 'places', 'statuses', 'answers', 'report'];

/** The chapters of partners/README.md, in its order. Throws where a file says something else. */
export const chapters = (): Chapter[] =>
  files.map((name) => {
    const file = join(import.meta.dirname, `${name}.yaml`);
    const yaml = readYaml(readFileSync(file, 'utf8'), file);
    if ('problems' in yaml) throw new Error(yaml.problems.join('\n'));
    const { title, ...words } = chapter.parse(yaml.value);
    return { title, words };
  });
