import type { Partner } from '../../manifest/compile.ts';
import { loadReportExamples } from '../../manifest/reportExample.ts';
import { runReportExample } from '../../sync/example.ts';
import { Failure } from '../failure.ts';
import { problemsOf } from './checkReport.ts';

/** Shows what becomes of an example of a report, or of all of them where nobody calls. False where that is not what was asked for. */
export async function tryReport(
  partner: Partner,
  folder: string,
  what: string | undefined,
  json = false,
): Promise<boolean> {
  const name = what?.replace(/^.*examples\/|\.yaml$/g, '');
  if (name === undefined ? partner.receives : !name.startsWith('report-')) return false;
  const chosen = loadReportExamples(folder).filter((example) => name === undefined || example.name === name);
  if (chosen.length === 0) return false;
  const otherwise: string[] = [];
  for (const example of chosen) {
    const page = await runReportExample(partner, example);
    const problems = problemsOf(example, page).map(({ message }) => message);
    otherwise.push(...problems);
    if (json)
      console.log(JSON.stringify({ partner: partner.id, name: example.name, ...page, otherwise: problems }, null, 2)); // prettier-ignore
    else console.log(textOf(`${partner.id} ${example.name}`, page, problems));
  }
  if (otherwise.length > 0) throw new Failure('');
  return true;
}

function textOf(title: string, page: Awaited<ReturnType<typeof runReportExample>>, problems: string[]) {
  const events = page.events.map(({ raw: _, ...event }) => JSON.stringify(event, null, 2));
  const aside = page.quarantined.map(({ reasons, raw }) => `quarantined: ${reasons.map(({ field, why }) => `${field} ${why}`).join('; ')}\n  ${raw.body}`); // prettier-ignore
  const counts = `${page.rows} rows: ${events.length} events, ${aside.length} quarantined, ${page.ignored} ignored; nothing is published`; // prettier-ignore
  return [title, counts, ...events, ...aside, ...problems.map((line) => `but ${line}`)].join('\n');
}
