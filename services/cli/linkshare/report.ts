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
import { publisherSinks } from '../../linkshare/report/publisherSinks.ts';
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
  const folders = [
    ...(asked.formats.some((format) => format !== 'table') ? [asked.out] : []),
    asked.publishersTo,
  ];
  for (const folder of folders) if (folder !== undefined) mkdirSync(folder, { recursive: true });
  try {
    for (const format of asked.formats)
      if (format !== 'table') sinks.push(await fileSink(format, asked, reading));
    if (asked.print && !asked.by) sinks.push(printSink(asked.print, reading));
    if (asked.publishersTo !== undefined) sinks.push(toPublishers(asked.publishersTo, asked, reading));
    return sinks;
  } catch (error) {
    for (const sink of sinks) await sink.abandon();
    throw error;
  }
}

const daysOf = ({ scope: { period } }: Asked) => `${period.start}--${period.end}`;

async function fileSink(format: 'excel' | 'csv' | 'json', asked: Asked, reading: Reading): Promise<Sink> {
  const region = asked.scope.region ? `${asked.scope.region.code}-` : '';
  const base = join(asked.out, `linkshare-${region}${daysOf(asked)}`);
  const columns = lineColumns(reading);
  if (format === 'excel') return excelSink(`${base}.xlsx`, { columns, zone: reading.zone });
  const target = await fileTarget(`${base}.${format}`);
  return format === 'csv' ? csvSink(target, columns, reading.zone) : jsonSink(target, reading);
}

const printSink = (print: 'json' | 'csv', reading: Reading) =>
  print === 'csv'
    ? csvSink(standardOutput(), lineColumns(reading), reading.zone)
    : jsonSink(standardOutput(), reading);

/** In the formats that the report itself is written in; else for Excel. */
function toPublishers(folder: string, asked: Asked, reading: Reading): Sink {
  const wanted = (['csv', 'excel'] as const).filter((format) => asked.formats.includes(format));
  return publisherSinks(reading, {
    folder,
    suffix: daysOf(asked),
    formats: wanted.length > 0 ? wanted : ['excel'],
  });
}
