import { createReadStream } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { conversionEvent, type ConversionEvent } from '../../contract/event.ts';
import { csvRows } from '../../sync/csv.ts';
import type { ReportPage } from './compare.ts';

type Read = (page: string) => ReportPage;

/** Rows that are read at once. */
const atOnce = 500;

/** A page as the network sends it. */
export async function* jsonPage(file: string, read: Read): AsyncGenerator<ReportPage> {
  yield read(await readFile(file, 'utf8'));
}

/** A file for Excel, each row a page. Lines that the format itself breaks are passed over, and told at the end: then the report is not whole. */
export async function* csvPages(file: string, delimiter: string | undefined, read: Read): AsyncGenerator<ReportPage> {
  const broken: string[] = [];
  let page: ReportPage = { events: [], quarantined: [] };
  for await (const row of csvRows({ file }, delimiter)) {
    if (!('text' in row)) {
      broken.push(`line ${row.line}: ${row.problem}`);
      continue;
    }
    const { events, quarantined } = read(row.text);
    page.events.push(...events);
    page.quarantined.push(...quarantined);
    if (page.events.length < atOnce) continue;
    yield page;
    page = { events: [], quarantined: [] };
  }
  yield page;
  if (broken.length > 0) throw new Error(`${broken.length} lines of ${file} cannot be read (${broken.slice(0, 3).join('; ')})`); // prettier-ignore
} // prettier-ignore

/** Events, one a line, as JSON: the contract's. */
export async function* linesOfEvents(file: string): AsyncGenerator<ReportPage> {
  const lines = createInterface({ input: createReadStream(file), crlfDelay: Infinity });
  let number = 0;
  let events: ConversionEvent[] = [];
  for await (const line of lines) {
    number += 1;
    if (line.trim() === '') continue;
    const event = eventOf(line);
    if (!event) {
      yield { events, quarantined: [] };
      throw new Error(`line ${number} of ${file} is no conversion event`);
    }
    events.push(event);
    if (events.length < atOnce) continue;
    yield { events, quarantined: [] };
    events = [];
  }
  yield { events, quarantined: [] };
}

function eventOf(line: string): ConversionEvent | undefined {
  try {
    return conversionEvent.parse(JSON.parse(line));
  } catch {
    return undefined;
  }
}
