import { join } from 'node:path';
import type { OrderLine } from '../line.ts';
import { lineColumns } from './columns.ts';
import { csvSink } from './csvSink.ts';
import { excelSink } from './excelSink.ts';
import { fileTarget } from './fileTarget.ts';
import type { Reading } from './groups.ts';
import type { Sink } from './sink.ts';

interface Options {
  folder: string;
  /** What comes after the publisher's id in a file's name. */
  suffix: string;
  formats: readonly ('csv' | 'excel')[];
}

/**
 * A file for each publisher with the orders of their tags, to be sent to them: without any column that says what we earn. Who has no
 * order gets no file.
 */
export function publisherSinks(reading: Reading, { folder, suffix, formats }: Options): Sink {
  const columns = lineColumns(reading).filter(({ ours }) => !ours);
  const open = new Map<string, Sink[]>();

  async function sinksOf(publisher: string): Promise<Sink[]> {
    let sinks = open.get(publisher);
    if (!sinks) open.set(publisher, (sinks = []));
    const base = join(folder, `${fileName(publisher)}-${suffix}`);
    for (const format of sinks.length === 0 ? formats : [])
      sinks.push(
        format === 'csv'
          ? csvSink(await fileTarget(`${base}.csv`), columns, reading.zone)
          : await excelSink(`${base}.xlsx`, { columns, zone: reading.zone, plain: true }),
      );
    return sinks;
  }
  return {
    async lines(batch) {
      const theirs = Map.groupBy(batch, (line: OrderLine) => reading.publishers.get(line.tag));
      for (const [publisher, lines] of theirs)
        if (publisher !== undefined) for (const sink of await sinksOf(publisher)) await sink.lines(lines);
    },
    async finish(report) {
      const files: string[] = [];
      for (const sink of [...open.values()].flat()) files.push(...(await sink.finish(report)));
      return files;
    },
    async abandon() {
      for (const sink of [...open.values()].flat()) await sink.abandon();
    },
  };
}

/** A publisher's id as part of a file's name, wherever it came from. Two that look alike then stay two. */
export function fileName(id: string): string {
  const plain = id.replace(/[^\p{L}\p{N}_-]+/gu, '_').slice(0, 80);
  return plain === id ? id : `${plain}-${Buffer.from(id).toString('hex').slice(0, 8)}`;
}
