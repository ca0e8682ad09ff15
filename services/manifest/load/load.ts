import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { check } from './check.ts';
import { compile, type Partner } from '../compile.ts';
import { checkOurs, withOurs } from '../ours.ts';
import { problemsOf, type Problem } from './problems.ts';
import { manifestSchema, type Manifest } from '../schema.ts';
import { readYaml } from './yaml.ts';

/** Everything that is wrong, one `file:line:column what` a line. */
export class ManifestError extends Error {
  readonly problems: string[];
  constructor(problems: string[]) {
    super(problems.join('\n'));
    this.name = 'ManifestError';
    this.problems = problems;
  }
}

/** Checks a manifest given as data: what the schema says, then whether its parts fit. What is `ours` is written in its place. */
export function validate(data: unknown): { manifest: Manifest } | { problems: Problem[] } {
  const result = manifestSchema.safeParse(data);
  if (!result.success) return { problems: problemsOf(result.error, manifestSchema, data) };
  const manifest = withOurs(result.data);
  const problems = [...checkOurs(manifest), ...check(manifest)];
  return problems.length > 0 ? { problems } : { manifest };
}

/**
 * Reads a manifest's text. `file` is what its problems are reported under. Throws ManifestError with all of them, or with the one that
 * its id is not its folder's name: others may follow from that.
 */
export function parseManifest(text: string, file: string, folder?: string): Manifest {
  const yaml = readYaml(text, file);
  if ('problems' in yaml) throw new ManifestError(yaml.problems);
  const { id } = Object(yaml.value) as { id?: unknown };
  if (folder !== undefined && typeof id === 'string' && id !== folder)
    throw new ManifestError([yaml.locate({ path: ['id'], message: `id: is "${id}", but its folder is "${folder}"` })]); // prettier-ignore
  const result = validate(yaml.value);
  if ('problems' in result) throw new ManifestError(result.problems.map((problem) => yaml.locate(problem)));
  return result.manifest;
}

/** Loads and compiles one partner's folder. Throws ManifestError. */
export function loadPartner(folder: string): Partner {
  const file = join(folder, 'manifest.yaml');
  return compile(parseManifest(readFileSync(file, 'utf8'), file, basename(folder)));
}

/** Folders of `directory` that hold a manifest, by name. */
export function partnerFolders(directory: string): string[] {
  if (!existsSync(directory)) throw new ManifestError([`${directory}: there is no such folder`]);
  const entries = readdirSync(directory, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  return entries
    .map(({ name }) => join(directory, name))
    .filter((folder) => existsSync(join(folder, 'manifest.yaml')));
}

/** Loads every partner. Throws one ManifestError with the problems of all of them. */
export function loadPartners(directory: string): Partner[] {
  const problems: string[] = [];
  const partners = partnerFolders(directory).flatMap((folder) => {
    try {
      return [loadPartner(folder)];
    } catch (error) {
      if (!(error instanceof ManifestError)) throw error;
      problems.push(...error.problems);
      return [];
    }
  });
  if (problems.length > 0) throw new ManifestError(problems);
  if (partners.length === 0)
    throw new ManifestError([`${dirname(join(directory, 'x'))}: no folder in it holds a manifest.yaml`]);
  return partners;
}
