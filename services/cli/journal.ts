import { readText } from './text.ts';
import { joinEntries, type LogEntry } from '../runtime/google/split.ts';

/** What a log holds of the journal. */
export interface Journal {
  lines: LogEntry[];
  /** Parts of lines of which other parts are missing. */
  incomplete: LogEntry[];
  /** Lines that are no JSON: not ours, or cut off. */
  unreadable: number;
}

/**
 * Reads the journal out of a log: what a service wrote to stdout, a line of JSON each, or what `gcloud logging read --format=json`
 * prints. `-` is standard input.
 */
export async function readJournal(file: string): Promise<Journal> {
  const { entries, unreadable } = entriesOf(await readText(file));
  const { whole, incomplete } = joinEntries(entries.map(payloadOf));
  return { lines: whole.filter(({ message }) => message === 'journal'), incomplete, unreadable };
}

function entriesOf(text: string): { entries: LogEntry[]; unreadable: number } {
  const whole = parse(text);
  if (Array.isArray(whole)) return { entries: whole.filter(isEntry), unreadable: 0 };
  const lines = text.split('\n').filter((line) => line.trim() !== '');
  const entries = lines.map(parse).filter(isEntry);
  return { entries, unreadable: lines.length - entries.length };
}

/** Undefined where a line is no JSON: such lines are counted. */
function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

const isEntry = (value: unknown): value is LogEntry => typeof value === 'object' && value !== null;

/** An exported entry holds what we wrote in `jsonPayload`: https://cloud.google.com/logging/docs/reference/v2/rest/v2/LogEntry */
const payloadOf = (entry: LogEntry): LogEntry => (entry.jsonPayload as LogEntry | undefined) ?? entry;
