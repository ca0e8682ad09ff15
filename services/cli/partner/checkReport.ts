import { readFileSync } from 'node:fs';
import type { ConversionEvent } from '../../contract/event.ts';
import type { Partner } from '../../manifest/compile.ts';
import type { Example } from '../../manifest/example.ts';
import type { Problem } from '../../manifest/load/problems.ts';
import { readYaml } from '../../manifest/load/yaml.ts';
import type { ReportPage } from '../../manifest/report/compile.ts';
import type { ReportExample } from '../../manifest/reportExample.ts';
import { differences } from '../../manifest/tools/differences.ts';
import { runReportExample } from '../../sync/example.ts';
import { runExample } from './runExample.ts';

interface Checked {
  /** In what examples of the report came out otherwise than they say, as `file:line:column what`. */
  problems: string[];
  /** Of the manifest: what is probably not meant. */
  warnings: Problem[];
}

/** Runs the examples of a report, and proves with those of postbacks that both tell a sale by one key. */
export async function checkReportExamples(
  partner: Partner,
  pages: readonly ReportExample[],
  examples: readonly Example[],
): Promise<Checked> {
  const reported: ConversionEvent[] = [];
  const problems: string[] = [];
  for (const example of pages) {
    const page = await runReportExample(partner, example).catch((error: unknown) => error as Error);
    if (!(page instanceof Error)) reported.push(...page.events);
    problems.push(...placed(example, problemsOf(example, page)));
  }
  if (!partner.report) return { problems, warnings: [] };
  if (pages.length === 0) return { problems, warnings: [warning('no example shows what a row of the report becomes: add examples/report-page.yaml')] }; // prettier-ignore
  return { problems, warnings: partner.receives ? compareKeys(reported, await told(partner, examples)) : [] };
}

const warning = (message: string): Problem => ({ path: ['report'], message });

/** In what an example of a report came out otherwise than it says. */
export function problemsOf({ expect }: ReportExample, page: ReportPage | Error): Problem[] {
  if (page instanceof Error) return [{ path: ['report'], message: page.message }];
  const { events = [], quarantined = [], ignored = '0' } = expect;
  const reasons = page.quarantined.flatMap((record) => record.reasons.map(({ field, why, value }) => `${field} ${why}${value === undefined ? '' : ` ("${value}")`}`)); // prettier-ignore
  const found = differences({ events, quarantined, ignored }, page, ['expect']);
  const why = quarantined.length === page.quarantined.length || reasons.length === 0 ? '' : `: ${reasons.join('; ')}`; // prettier-ignore
  return found.map((problem) => ({ ...problem, message: problem.message + why }));
}

function placed({ file }: ReportExample, problems: Problem[]): string[] {
  if (problems.length === 0) return [];
  const yaml = readYaml(readFileSync(file, 'utf8'), file);
  return problems.map((problem) => ('locate' in yaml ? yaml.locate(problem) : problem.message));
}

async function told(partner: Partner, examples: readonly Example[]): Promise<ConversionEvent[]> {
  const events: ConversionEvent[] = [];
  for (const example of examples) {
    // What is wrong with it is told where it is run for itself.
    const tried = await runExample(partner, examples, example).catch(() => undefined);
    if (tried?.decision?.is === 'conversions') events.push(...tried.decision.events);
  }
  return events;
}

/** A postback and a row that name one sale by its id or order must have one key: else each such sale is two. */
export function compareKeys(
  reported: readonly ConversionEvent[],
  postbacks: readonly ConversionEvent[],
): Problem[] {
  const keys = new Set(postbacks.map(({ key }) => key));
  const pairs = pairsOf(reported, postbacks);
  if (pairs.length === 0) return [warning('no example of the report shows a sale that one of a postback shows: nothing proves that both tell it by one key')]; // prettier-ignore
  return pairs
    .filter(([row]) => !keys.has(row.key))
    .map(([row, postback]) => warning(`the same sale has two keys: ${postback.key} by postback, ${row.key} by report. Map the parts of its identity alike`)); // prettier-ignore
}

function pairsOf(reported: readonly ConversionEvent[], postbacks: readonly ConversionEvent[]) {
  return reported.flatMap((row): [ConversionEvent, ConversionEvent][] => {
    const same = postbacks.find((postback) => isOneSale(row, postback));
    return same ? [[row, same]] : [];
  });
}

/** By its id, or by its order. Another line or account is another sale; one that only one of the two names is not. */
function isOneSale(a: ConversionEvent, b: ConversionEvent): boolean {
  const differs = (['account', 'lineId'] as const).some((part) => a[part] !== undefined && b[part] !== undefined && a[part] !== b[part]); // prettier-ignore
  if (differs) return false;
  return a.conversionId === b.conversionId || (a.orderId !== undefined && a.orderId === b.orderId);
}
