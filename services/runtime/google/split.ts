import { createHash } from 'node:crypto';

/** A line of the log: one JSON object. */
export type LogEntry = Record<string, unknown>;

/** Bytes of JSON in one entry. Google's limit is "256 KB", approximately: https://cloud.google.com/logging/quotas#log-limits */
export const maxEntryBytes = 240_000;

interface Part extends LogEntry {
  /** The same id in all parts; the first part is 1. */
  split: { id: string; part: number; of: number };
  /** A piece of the entry's JSON. */
  text: string;
}

/**
 * Splits an entry that is larger than Cloud Logging takes (it would be cut or dropped) into parts, each an entry with the same severity,
 * time and labels. Plain JSON values only. Throws RangeError where even a part's frame does not fit.
 */
export function splitEntry(entry: LogEntry, most = maxEntryBytes): LogEntry[] {
  const text = JSON.stringify(entry);
  if (fits(text, most)) return [entry];
  const id = createHash('sha256').update(text).digest('hex').slice(0, 16);
  const frame = frameOf(entry);
  const room = most - Buffer.byteLength(JSON.stringify(partOf(frame, { id, part: 1e6, of: 1e6 }, '')));
  if (room < 12) throw new RangeError(`${most} bytes are too few for a part of an entry`);
  const pieces = cut(text, room);
  return pieces.map((piece, i) => partOf(frame, { id, part: i + 1, of: pieces.length }, piece));
}

/** Whether a line is one entry; a character takes three bytes at most. */
export const fits = (line: string, most = maxEntryBytes) =>
  line.length * 3 <= most || Buffer.byteLength(line) <= most;

function frameOf(entry: LogEntry): LogEntry {
  const { severity, time, message } = entry;
  const googles = Object.entries(entry).filter(([name]) => name.startsWith('logging.googleapis.com/'));
  return {
    severity,
    time,
    message: String(message).slice(0, 200).toWellFormed(),
    ...Object.fromEntries(googles),
  };
}

const partOf = (frame: LogEntry, split: Part['split'], text: string): Part => ({
  ...frame,
  message: `${String(frame.message)} (part ${split.part} of ${split.of})`,
  split,
  text,
});

/** Cuts JSON into pieces that take at most `room` bytes when they are a text within JSON themselves; no character is cut. */
function cut(json: string, room: number): string[] {
  const pieces: string[] = [];
  let start = 0;
  let bytes = 0;
  for (let at = 0; at < json.length; at += json.codePointAt(at)! > 0xffff ? 2 : 1) {
    const size = sizeInJson(json.codePointAt(at)!);
    if (bytes + size > room) {
      pieces.push(json.slice(start, at));
      [start, bytes] = [at, 0];
    }
    bytes += size;
  }
  return [...pieces, json.slice(start)];
}

/** In UTF-8. JSON holds no control characters and no half of a pair: those are written \uXXXX already. */
function sizeInJson(codePoint: number): number {
  if (codePoint === 0x22 || codePoint === 0x5c) return 2;
  return codePoint < 0x80 ? 1 : codePoint < 0x800 ? 2 : codePoint <= 0xffff ? 3 : 4;
}

/**
 * Joins what `splitEntry` split; other entries pass as they are. Parts may come in any order and more than once, as logs are exported.
 * `incomplete`: the parts of entries of which a part is missing or damaged.
 */
export function joinEntries(entries: Iterable<LogEntry>): { whole: LogEntry[]; incomplete: LogEntry[] } {
  const whole: LogEntry[] = [];
  const waiting = new Map<string, Map<number, Part>>();
  const done = new Set<string>();
  for (const entry of entries) {
    if (!isPart(entry)) whole.push(entry);
    else if (!done.has(entry.split.id)) addPart(entry);
  }
  return { whole, incomplete: [...waiting.values()].flatMap((parts) => [...parts.values()]) };

  function addPart(part: Part): void {
    const { id, of } = part.split;
    const parts = waiting.get(id) ?? new Map<number, Part>();
    waiting.set(id, parts.set(part.split.part, part));
    const joined = parts.size === of ? join(parts) : undefined;
    if (!joined) return;
    whole.push(joined);
    done.add(id);
    waiting.delete(id);
  }
}

function join(parts: Map<number, Part>): LogEntry | undefined {
  const inOrder = [...parts.values()].sort((a, b) => a.split.part - b.split.part);
  try {
    return JSON.parse(inOrder.map(({ text }) => text).join('')) as LogEntry;
  } catch {
    // Told by `incomplete`.
    return undefined;
  }
}

function isPart(entry: LogEntry): entry is Part {
  const { id, part, of } = (entry.split ?? {}) as Partial<Part['split']>;
  return (
    typeof id === 'string' && Number.isInteger(part) && Number.isInteger(of) && typeof entry.text === 'string'
  );
}
