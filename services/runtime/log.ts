import { stripVTControlCharacters, styleText } from 'node:util';
import winston from 'winston';

export type Fields = Record<string, unknown>;

export interface Log {
  info(message: string, fields?: Fields): void;
  warn(message: string, fields?: Fields): void;
  error(message: string, fields?: Fields): void;
  /** Resolves when every line is written; afterwards nothing more is. */
  close(): Promise<void>;
}

interface Options {
  /** For people at a terminal; otherwise one JSON object a line, as Cloud Logging reads it. */
  pretty: boolean;
  stream?: NodeJS.WritableStream;
}

/** Makes a log that writes to stdout. What goes in must hold no secret: nothing is masked here. It never throws. */
export function createLog({ pretty, stream = process.stdout }: Options): Log {
  const transport = new winston.transports.Stream({ stream });
  const logger = winston.createLogger({ transports: [transport], format: pretty ? forPeople : forMachines });
  let closed: Promise<void> | undefined;
  const at =
    (level: string) =>
    (message: string, fields: Fields = {}) => {
      // winston throws at what comes after its end.
      if (!closed) logger.log({ level, message, fields });
    };
  const end = () =>
    new Promise<void>((resolve) => {
      logger.once('finish', () => stream.write('', () => resolve()));
      logger.end();
    });
  return {
    info: at('info'),
    warn: at('warn'),
    error: at('error'),
    close: () => (closed ??= end()),
  };
}

const severities: Record<string, string> = { info: 'INFO', warn: 'WARNING', error: 'ERROR' };

/** A field cannot pass for the entry's own severity, time or message. */
const forMachines = winston.format.printf((info) => asJson(info));

function asJson({ level, message, fields }: winston.Logform.TransformableInfo): string {
  const entry = { severity: severities[level], time: new Date().toISOString(), message };
  return toJson({ ...entry, ...(fields as Fields), ...entry });
}

/** The time is the machine's own, as the clock on the wall beside the terminal shows it. */
const forPeople = winston.format.printf((info) => {
  const { level, message, fields } = info;
  // A replay reads these, also from what a terminal showed.
  if (message === 'journal') return asJson(info);
  const time = styleText('dim', new Date().toLocaleTimeString('en-GB'), always);
  const colour = level === 'error' ? 'red' : level === 'warn' ? 'yellow' : 'green';
  const said = styleText(colour, harmless(String(message)), always);
  return `${time} ${said} ${styleText('dim', pairs(fields as Fields), always)}`;
});

/** Who asks for `pretty` has looked at the terminal. */
const always = { validateStream: false };

const pairs = (fields: Fields) =>
  Object.entries(fields)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => `${name}=${harmless(typeof value === 'string' ? value : toJson(value))}`)
    .join(' ');

/** What strangers sent must neither steer the terminal nor begin a line that looks like ours. */
const harmless = (text: string) =>
  stripVTControlCharacters(text).replace(/[\x00-\x1f\x7f-\x9f\u2028\u2029]+/g, ' ');

function toJson(value: unknown): string {
  try {
    return JSON.stringify(value, readable) ?? String(value);
  } catch (error) {
    // It refers to itself. The line must still be written, and say why it is not whole.
    return JSON.stringify({ ...severityOf(value), unwritable: String(error) });
  }
}

function severityOf(value: unknown): Fields {
  const { severity, time, message } = (value ?? {}) as Fields;
  return { severity, time, message };
}

/** JSON has no form for these, and shows an error as {}. */
function readable(_name: string, value: unknown): unknown {
  if (typeof value === 'bigint') return String(value);
  if (value instanceof Error) return value.stack ?? String(value);
  return value;
}
