import type { Partner } from '../manifest/compile.ts';
import type { ReportPage } from '../manifest/report/compile.ts';
import type { ReportExample } from '../manifest/reportExample.ts';
import { csvRows } from './csv.ts';

/** Reads an example of a partner's report as sync would. Rejects where there is no report, or the page as a whole cannot be read. */
export async function runReportExample(
  { id, report, manifest }: Partner,
  { report: given, now = '2026-11-24T00:00:00Z' }: ReportExample,
): Promise<ReportPage> {
  if (!report) throw new Error(`${id} has no report: its manifest has no block of that name`);
  const all: ReportPage = { rows: 0, events: [], quarantined: [], ignored: 0 };
  for (const page of await pagesOf(given, manifest.report?.settings?.delimiter)) {
    const { rows, events, quarantined, ignored } = report.read(page, given.account, new Date(now));
    all.rows += rows;
    all.events.push(...events);
    all.quarantined.push(...quarantined);
    all.ignored += ignored;
  }
  return all;
}

async function pagesOf({ page, csv }: ReportExample['report'], delimiter?: string): Promise<string[]> {
  if (csv === undefined) return page === undefined ? [] : [page];
  const rows = await Array.fromAsync(csvRows({ text: csv }, delimiter));
  return rows.map((row) => {
    if ('text' in row) return row.text;
    throw new Error(`line ${row.line}: ${row.problem}`);
  });
}
