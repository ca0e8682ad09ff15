import { LoggingWinston } from '@google-cloud/logging-winston';
import { PassThroughClient } from 'google-auth-library';
import winston from 'winston';
import type { Level, Write } from './log.ts';
import type { LogEntry } from './split.ts';

/** Only log.ts imports this, and only once the service answers: it takes a third of a second to load. */
export interface WriteThrough {
  write(level: Level, entry: LogEntry): void;
  /** Resolves when winston has passed on every line. */
  close(): Promise<void>;
}

/** Writes entries to stdout through @google-cloud/logging-winston: https://cloud.google.com/logging/docs/setup/nodejs#winston */
export function openWinston({ projectId, write }: { projectId: string; write: Write }): WriteThrough {
  const transport = new LoggingWinston({
    projectId,
    redirectToStdout: true,
    useMessageField: false,
    // It would look for an account, though what goes to stdout needs none.
    authClient: new PassThroughClient(),
  });
  const { common } = transport;
  const sync = common.cloudLog as unknown as ToStdout;
  sync.transport = { write };
  // It would put our fields into `metadata`; then neither queries nor replay would find them where the first lines have them.
  common.entry = (metadata, data) => sync.entry(metadata, entryIn(data) ?? data);
  const logger = winston.createLogger({ transports: [transport], format: winston.format((info) => info)() });
  return {
    write: (level, entry) =>
      void logger.log({
        level,
        message: entry.message as string,
        timestamp: new Date(entry.time as string),
        entry,
      }),
    close: () => new Promise((resolve) => void logger.once('finish', resolve).end()),
  };
}

/** What @google-cloud/logging's LogSync lets us set: https://cloud.google.com/nodejs/docs/reference/logging/latest/logging/logsync */
interface ToStdout {
  transport: { write: Write };
  entry: typeof LoggingWinston.prototype.common.entry;
}

const entryIn = (data: unknown) => (data as { metadata?: { entry?: LogEntry } }).metadata?.entry;
