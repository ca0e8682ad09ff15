import { createReadStream } from 'node:fs';
import { extname } from 'node:path';
import { createInterface } from 'node:readline';
import { conversionEvent, type ConversionEvent } from '../../contract/event.ts';
import type { Partner } from '../../manifest/compile.ts';
import { wrongUse } from '../failure.ts';
import type { Here } from '../linkshare/screen.ts';
import type { Begun, ReportPage } from './compare.ts';
import type { Options } from './commands.ts';

type Report = (asked: Begun) => AsyncIterable<ReportPage>;

/** Where the report comes from: a file, or the network. Throws, for the user, where there is neither. */
export function reportOf({ file }: Options, partner: Partner, _here: Here): Report {
  if (file === undefined)
    throw wrongUse(`${partner.id} has no report in its manifest: download it and name it with --file`);
  if (extname(file) === '.jsonl') return () => eventsIn(file);
  throw wrongUse(`"${file}" is neither .csv, .json nor .jsonl`);
}

/** Events, one a line: what `linkshare` itself writes. */
async function* eventsIn(file: string): AsyncGenerator<ReportPage> {
  const lines = createInterface({ input: createReadStream(file), crlfDelay: Infinity });
  let number = 0;
  let events: ConversionEvent[] = [];
  for await (const line of lines) {
    number += 1;
    if (line.trim() === '') continue;
    events.push(eventOf(line, `${file}:${number}`));
    if (events.length < 500) continue;
    yield { events, quarantined: [] };
    events = [];
  }
  yield { events, quarantined: [] };
}

function eventOf(line: string, place: string): ConversionEvent {
  try {
    return conversionEvent.parse(JSON.parse(line));
  } catch (error) {
    throw new Error(`${place} is no conversion event: ${(error as Error).message.slice(0, 300)}`, {
      cause: error,
    });
  }
}
