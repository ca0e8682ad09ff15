import { readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { loadExamples, type Example } from '../../manifest/example.ts';
import { loadReportExamples } from '../../manifest/reportExample.ts';
import { lint } from '../../manifest/lint/lint.ts';
import { loadPartner, ManifestError, partnerFolders } from '../../manifest/load/load.ts';
import { readYaml } from '../../manifest/load/yaml.ts';
import type { Partner } from '../../manifest/compile.ts';
import type { Problem } from '../../manifest/load/problems.ts';
import type { Config } from '../../runtime/config.ts';
import { Failure } from '../failure.ts';
import type { Terminal } from '../terminal.ts';
import { checkReportExamples } from './checkReport.ts';
import { failuresOf } from './runExample.ts';
import { folderOf } from './find.ts';

interface Report {
  id: string;
  examples: number;
  /** `file:line:column what`; nothing works while there is one. */
  problems: string[];
  /** The same, of what works and is probably not meant. */
  warnings: string[];
  /** A command that shows what to mend. */
  mend: string[];
}

/** Says of each partner whether it is fine. Rejects, after all of them, where one has problems; warnings are none. */
export async function checkPartners(
  { partnersDir }: Config,
  id: string | undefined,
  terminal: Terminal,
  json = false,
): Promise<void> {
  const folders = partnerFolders(partnersDir);
  if (folders.length === 0) throw new Failure(`${partnersDir}: no folder in it holds a manifest.yaml`);
  const chosen = id === undefined ? folders : [folderOf(partnersDir, id)];
  const others = folders.flatMap(manifestIn);
  const reports: Report[] = [];
  for (const folder of chosen) {
    terminal.progress(json ? '' : `${reports.length + 1}/${chosen.length} ${basename(folder)}`);
    const report = await checkPartner(folder, others);
    reports.push(report);
    terminal.progress('');
    if (!json) show(report, terminal);
  }
  if (json) console.log(JSON.stringify(reports, null, 2));
  const problems = reports.flatMap((report) => report.problems);
  if (problems.length > 0) throw new Failure(json ? '' : terminal.paintError('red', count(problems.length, 'problem'))); // prettier-ignore
}

/** Other partners' manifests, as far as they load: their own check says what is wrong with them. */
function manifestIn(folder: string): Partner['manifest'][] {
  try {
    return [loadPartner(folder).manifest];
  } catch (error) {
    if (error instanceof ManifestError) return [];
    throw error;
  }
}

async function checkPartner(folder: string, others: Partner['manifest'][]): Promise<Report> {
  const id = basename(folder);
  const [partner, wrong] = attempt(() => loadPartner(folder));
  const [examples = [], broken] = attempt(() => loadExamples(folder));
  const [pages = [], brokenPages] = attempt(() => loadReportExamples(folder));
  const report: Report = {
    id,
    examples: examples.length + pages.length,
    problems: [...wrong, ...broken, ...brokenPages],
    warnings: [],
    mend: [],
  };
  if (!partner) return report;
  for (const example of examples) {
    const failures = await failuresOf(partner, examples, example);
    report.problems.push(...failures);
    if (failures.length > 0) report.mend.push(`npm run -s linkshare -- partner try ${id} ${example.name}`);
  }
  const ofReport = await checkReportExamples(partner, pages, examples);
  report.problems.push(...ofReport.problems);
  if (broken.length === 0) report.warnings = warningsOf(partner, folder, examples, others, ofReport.warnings);
  return report;
}

function attempt<T>(load: () => T): [loaded: T | undefined, problems: string[]] {
  try {
    return [load(), []];
  } catch (error) {
    if (error instanceof ManifestError) return [undefined, error.problems];
    throw error;
  }
}

function warningsOf(
  { manifest }: Partner,
  folder: string,
  examples: Example[],
  others: Partner['manifest'][],
  more: readonly Problem[],
): string[] {
  const file = join(folder, 'manifest.yaml');
  const yaml = readYaml(readFileSync(file, 'utf8'), file);
  const rest = others.filter(({ id }) => id !== manifest.id);
  return [...lint(manifest, examples, rest), ...more].map((problem) => ('locate' in yaml ? yaml.locate(problem) : problem.message)); // prettier-ignore
}

/** The line on standard output is for whoever counts; what is wrong goes to standard error. */
function show({ id, examples, problems, warnings, mend }: Report, { paint, paintError }: Terminal): void {
  const state = [
    ...(problems.length > 0 ? [paint('red', count(problems.length, 'problem'))] : []),
    ...(warnings.length > 0 ? [paint('yellow', count(warnings.length, 'warning'))] : []),
  ].join(', ');
  console.log(`${paint('bold', id)}: ${state || paint('green', 'fine')}, ${count(examples, 'example')}`);
  for (const problem of problems) console.error(`  ${paintError('red', 'problem')} ${problem}`);
  for (const line of mend) console.error(`    see why: ${paintError('cyan', line)}`);
  for (const warning of warnings) console.error(`  ${paintError('yellow', 'warning')} ${warning}`);
}

const count = (number: number, what: string) => `${number} ${what}${number === 1 ? '' : 's'}`;
