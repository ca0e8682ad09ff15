import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { Option, type Command } from 'commander';
import { publishersByTag } from '../../linkshare/linkStore.ts';
import { Filter } from '../../linkshare/report/about.ts';
import { lineColumns } from '../../linkshare/report/columns.ts';
import { csvSink } from '../../linkshare/report/csvSink.ts';
import { excelSink } from '../../linkshare/report/excelSink.ts';
import { fileTarget } from '../../linkshare/report/fileTarget.ts';
import { Statistics, type Reading } from '../../linkshare/report/groups.ts';
import { jsonSink } from '../../linkshare/report/jsonSink.ts';
import { fileName, publisherSinks } from '../../linkshare/report/publisherSinks.ts';
import { writeReport, type Report, type Sink } from '../../linkshare/report/sink.ts';
import type { Spool } from '../../linkshare/report/spool.ts';
import { fetchOrders } from './fetchOrders.ts';
import { collect, common, printed } from './options.ts';
import { printGroups, printReport, standardOutput } from './printReport.ts';
import { readReportOptions, type Asked, type ReportOptions } from './reportOptions.ts';
import type { Here } from './screen.ts';
import { withSession, type Session } from './session.ts';

/** `linkshare report ..`: what was sold, from the first order of a period to the last. */
export function addReport(program: Command, here: Here): void {
  printed(common(program.command('report')))
    .description('Fetch the orders of some days: sums, breakdowns, Excel, CSV and JSON')
    .argument('<start>', 'the first day, YYYY-MM-DD')
    .argument('<end>', 'the last day, which is in it')
    .option(
      '--region <code>',
      "a market (ID, US ..): its zone cuts the days, and only its currency's orders count",
    )
    .option('--zone <zone>', "cuts the days in another zone than the market's, such as Asia/Jakarta")
    .option('--status <status>', 'only these, such as SETTLED; several with commas', collect)
    .option('--format <format>', 'table, excel, csv, json, or all: table, Excel and CSV')
    .addOption(new Option('--export_format <format>', 'the earlier name of --format').hideHelp())
    .option('--by <what>', 'break it down by product, day, status, publisher or tag')
    .option('--out <folder>', 'where files go', '.')
    .option(
      '--publishers-to <folder>',
      'write a file for each publisher, without what we earn, to send to them',
    )
    .option('--fresh', 'fetch everything again, also what an earlier run has fetched')
    .action((start: string, end: string, options: ReportOptions) => {
      const asked = readReportOptions(start, end, options);
      return withSession(here, options, (session) => report(session, asked, options));
    });
}

async function report(session: Session, asked: Asked, options: ReportOptions): Promise<void> {
  const { screen, links } = session;
  growSlowly();
  for (const note of asked.notes) screen.note(note);
  const spool = await fetchOrders(session, asked.scope.period, options);
  try {
    const reading: Reading = { zone: asked.zone, publishers: publishersByTag(await links.all()) };
    const { files, done } = await write(spool, asked, reading);
    if (asked.formats.includes('table')) printReport(screen, done, asked);
    else for (const sentence of done.about) screen.note(sentence);
    if (asked.print && asked.by) printGroups(screen, done, { ...asked, print: asked.print, by: asked.by });
    for (const file of files) screen.note(`written: ${file}`);
    await spool.remove();
  } finally {
    await spool.close();
  }
}

/**
 * A report's heap holds some 30 MB that are needed, however long it is. V8 would let what is not needed grow to ten times that before it
 * clears it away, where the machine has room.
 */
function growSlowly(): void {
  setFlagsFromString('--semi-space-growth-factor=1');
  setFlagsFromString('--heap-growing-percent=50');
}

/** Every line goes by once, whatever it is written into. */
async function write(
  spool: Spool,
  asked: Asked,
  reading: Reading,
): Promise<{ files: string[]; done: Report }> {
  const filter = new Filter(asked.scope);
  const statistics = new Statistics(['product', 'day', 'status', ...(asked.by ? [asked.by] : [])], reading);
  const sinks: Sink[] = [];
  let done: Report | undefined;
  const files = await writeReport(spool.batches(), {
    sinks: await openSinks(sinks, asked, reading),
    take(line) {
      const taken = filter.takes(line);
      if (taken) statistics.add(line);
      return taken;
    },
    report: () =>
      (done = {
        about: [...filter.about(), ...troubles(spool, statistics)],
        totals: statistics.totals(),
        by: (by) => statistics.by(by),
      }),
  });
  return { files, done: done! };
}

/** What a reader must know of how complete the numbers are. */
function troubles(spool: Spool, statistics: Statistics): string[] {
  const { repeated, unread } = spool.counts();
  const lines = statistics.totals().unread;
  return [
    ...(repeated > 0 ? [`TikTok sent ${repeated} orders twice; each is counted once`] : []),
    ...(lines > 0
      ? [
          `warning: ${lines} lines hold amounts that cannot be read, which no sum holds: see the column unread`,
        ]
      : []),
    ...(unread.length > 0
      ? [`warning: ${unread.length} orders could not be read and are missing: ${unread[0]}`]
      : []),
  ];
}

async function openSinks(sinks: Sink[], asked: Asked, reading: Reading): Promise<Sink[]> {
  const { formats, scope, out, print, by } = asked;
  const { start, end } = scope.period;
  const suffix = `${start}--${end}`;
  const base = join(out, `linkshare-${scope.region ? `${scope.region.code}-` : ''}${suffix}`);
  const columns = lineColumns(reading);
  const makeFolders = [out, asked.publishersTo].filter((folder) => folder !== undefined);
  for (const folder of makeFolders) mkdirSync(folder, { recursive: true });
  try {
    if (formats.includes('excel'))
      sinks.push(await excelSink(`${base}.xlsx`, { columns, zone: reading.zone }));
    if (formats.includes('csv')) sinks.push(csvSink(await fileTarget(`${base}.csv`), columns, reading.zone));
    if (formats.includes('json')) sinks.push(jsonSink(await fileTarget(`${base}.json`), reading));
    if (print === 'csv' && !by) sinks.push(csvSink(standardOutput(), columns, reading.zone));
    if (print === 'json' && !by) sinks.push(jsonSink(standardOutput(), reading));
    if (asked.publishersTo !== undefined)
      sinks.push(
        publisherSinks(reading, {
          folder: asked.publishersTo,
          suffix: fileName(suffix),
          formats:
            formats.includes('csv') && !formats.includes('excel')
              ? ['csv']
              : formats.includes('csv')
                ? ['csv', 'excel']
                : ['excel'],
        }),
      );
    return sinks;
  } catch (error) {
    for (const sink of sinks) await sink.abandon();
    throw error;
  }
}
