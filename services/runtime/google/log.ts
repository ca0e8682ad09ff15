import type { Fields, Log } from '../log.ts';
import { fits, splitEntry, type LogEntry } from './split.ts';
import { traceFields, type Trace } from './trace.ts';
import type { WriteThrough } from './winston.ts';

export type Level = 'info' | 'warn' | 'error';

/** A field `trace` (of traceOf) becomes what Cloud Logging ties lines to their request by. */
export interface CloudLog extends Log {
  /**
   * Writes the lines of these levels through @google-cloud/logging-winston from now on. To be called after the first answer: loading it
   * takes a third of a second. Resolves when it is so; where it cannot be, it says so in the log, which goes on as before.
   */
  useWinston(levels?: readonly Level[]): Promise<void>;
}

export interface Write {
  (text: string, done?: () => void): unknown;
  /** Writes what it has collected, if it collects. */
  flush?: () => void;
}

interface Options {
  projectId: string;
  /** A label of each line. */
  service: string;
  write?: Write;
  clock?: () => Date;
}

const severities: Record<Level, string> = { info: 'INFO', warn: 'WARNING', error: 'ERROR' };

/**
 * The log of a Cloud Run role: structured JSON on stdout (https://cloud.google.com/run/docs/logging#using-json). What goes in must hold
 * no secret: nothing is masked here. It never throws.
 */
export function createCloudLog({
  projectId,
  service,
  write = inOneWrite(toStdout),
  clock = () => new Date(),
}: Options): CloudLog {
  const labels = { 'logging.googleapis.com/labels': { service } };
  let closed = false;
  let winston: WriteThrough | undefined;
  let through: readonly Level[] = [];

  function at(level: Level) {
    return (message: string, { trace, ...fields }: Fields = {}) => {
      if (closed) return;
      const own = { severity: severities[level], time: clock().toISOString(), message };
      const googles = { ...labels, ...traceFields(projectId, trace as Trace | undefined) };
      // A field cannot pass for the entry's own; and it comes after those, which say at a glance what a line is.
      writeLine(level, toJson({ ...own, ...fields, ...own, ...googles }));
      // The journal is written before the answer that says so.
      if (level !== 'info') write.flush?.();
    };
  }

  function writeLine(level: Level, line: string): void {
    const writeOne = (one: string) =>
      winston && through.includes(level)
        ? winston.write(level, JSON.parse(one) as LogEntry)
        : void write(`${one}\n`);
    if (fits(line)) return writeOne(line);
    for (const part of splitEntry(JSON.parse(line) as LogEntry)) writeOne(JSON.stringify(part));
  }

  const log = { info: at('info'), warn: at('warn'), error: at('error') };
  return {
    ...log,
    async useWinston(levels = ['info', 'warn', 'error']) {
      try {
        const { openWinston } = await import('./winston.ts');
        winston ??= openWinston({ projectId, write });
        through = levels;
      } catch (error) {
        log.warn('logging-winston could not be loaded; lines are written directly', { why: String(error) });
      }
    },
    async close() {
      if (closed) return;
      closed = true;
      await winston?.close();
      await new Promise<void>((resolve) => write('', resolve));
    },
  };
}

const toStdout: Write = (text, done) => process.stdout.write(text, done);

/** What comes in one turn of the event loop goes out together: each write waits for the kernel, longer than a line takes to be made. */
export function inOneWrite(write: Write): Write {
  let waiting = '';
  const flush = (done?: () => void) => {
    const text = waiting;
    waiting = '';
    if (text || done) write(text, done);
  };
  const collect = (text: string, done?: () => void) => {
    if (!waiting) setImmediate(flush);
    waiting += text;
    if (done) flush(done);
  };
  return Object.assign(collect, { flush: () => flush() });
}

function toJson(entry: LogEntry): string {
  try {
    return JSON.stringify(entry, readable);
  } catch (error) {
    // It refers to itself. The line must still be written, and say why it is not whole.
    const { severity, time, message } = entry;
    return JSON.stringify({ severity, time, message, unwritable: String(error) });
  }
}

/** JSON has no form for these, and shows an error as {}. */
function readable(_name: string, value: unknown): unknown {
  if (typeof value === 'bigint') return String(value);
  if (value instanceof Error) return value.stack ?? String(value);
  return value;
}
