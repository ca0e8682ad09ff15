import type { Conversions } from './conversions.ts';
import { lineColumns } from './report/columns.ts';
import { csvSink } from './report/csvSink.ts';
import { excelSink } from './report/excelSink.ts';
import { fileTarget } from './report/fileTarget.ts';
import { Statistics, type Group, type Grouping, type Reading } from './report/groups.ts';
import { countsSentence, groupTable, totalsTable, type PlainTable } from './report/print.ts';
import { writeReport, type Report, type Sink } from './report/sink.ts';
import type { Totals } from './report/sums.ts';

/** What conversions come to. Amounts are exact decimals, each in its own currency. */
export class ConversionAnalyzer {
  private readonly conversions: Conversions;
  private readonly statistics: Statistics;
  private readonly reading: Reading;

  /** `publishers` says whose a tag is. */
  constructor(conversions: Conversions, publishers: ReadonlyMap<string, string> = new Map()) {
    this.conversions = conversions;
    this.reading = { zone: conversions.zone, publishers };
    this.statistics = new Statistics(['product', 'day', 'status', 'publisher', 'tag'], this.reading);
    for (const line of conversions) this.statistics.add(line);
  }

  /** Orders, pieces, amount, estimated and actual commission. */
  getSummaryStatistics(): Totals {
    return this.statistics.totals();
  }

  /** The same for each product, most sold first. */
  getProductStatistics(): Group[] {
    return this.statistics.by('product');
  }

  /** The same for each day on which something was sold, by the days of the market. */
  getDailyStatistics(): Group[] {
    return this.statistics.by('day');
  }

  /** The same by status, publisher or tag. */
  getStatisticsBy(grouping: Grouping): Group[] {
    return this.statistics.by(grouping);
  }

  /** Writes an Excel file: summary, orders, products, days. Resolves to its name. */
  async exportToExcel(file: string): Promise<string> {
    const columns = lineColumns(this.reading);
    return this.write(await excelSink(file, { columns, zone: this.reading.zone }), file);
  }

  /** Writes a CSV file with a line for each order line. Resolves to its name. */
  async exportToCsv(file: string): Promise<string> {
    return this.write(csvSink(await fileTarget(file), lineColumns(this.reading), this.reading.zone), file);
  }

  /** Prints what a person wants to see first. */
  printSummaryReport(print: (text: string) => void = console.log): void {
    const report = this.report();
    for (const sentence of report.about) print(sentence);
    print(countsSentence(report));
    for (const table of [totalsTable(report), groupTable('product', report.by('product').slice(0, 10))])
      print(plain(table));
  }

  private report(): Report {
    return {
      about: [...this.conversions.about],
      totals: this.statistics.totals(),
      by: (grouping) => this.statistics.by(grouping),
    };
  }

  private async write(sink: Sink, file: string): Promise<string> {
    await writeReport(batches(this.conversions), {
      take: () => true,
      sinks: [sink],
      report: () => this.report(),
    });
    return file;
  }
}

/** In pieces, so that a spreadsheet is not made in memory. */
async function* batches({ lines }: Conversions) {
  for (let from = 0; from < lines.length; from += 500) yield lines.slice(from, from + 500);
}

function plain({ columns, rows }: PlainTable): string {
  const all = [columns.map(({ name }) => name), ...rows];
  const widths = columns.map((_, i) => Math.max(...all.map((row) => row[i]!.length)));
  return all
    .map((row) =>
      row
        .map((cell, i) => (columns[i]!.right ? cell.padStart(widths[i]!) : cell.padEnd(widths[i]!)))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}
