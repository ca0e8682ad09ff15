import { createHash } from 'node:crypto';
import { z } from 'zod';
import { endSchema, headSchema, rowSchema, version, type Head, type Row } from './format.ts';

/** A dump that is being read. */
export interface Reading {
  head: Head;
  /** The rows in their order. Rejects where the file is not whole: what was made of those before must not stay. */
  rows: AsyncGenerator<{ table: string; row: Row }, Record<string, number>>;
}

const cut = 'the dump is not whole: it was cut short, or changed since it was made. Nothing is restored';

/** Begins to read a dump. Rejects with a sentence where it is none, or a newer one than this code knows. */
export async function readDump(lines: AsyncGenerator<string>): Promise<Reading> {
  const first = await lines.next();
  const head = readHead(first.done ? '' : first.value);
  return { head, rows: readRows(lines, first.value as string) };
}

function readHead(text: string): Head {
  const said = parse(text, z.looseObject({ linkshare: z.literal('dump'), version: z.number() }));
  if (!said) throw new Error('this is no dump of LinkShare: it has no head');
  if (said.version > version)
    throw new Error(`this dump has format ${said.version}, and this LinkShare reads ${version}: restore it with a newer LinkShare`); // prettier-ignore
  const head = parse(text, headSchema);
  if (!head) throw new Error(cut);
  return head;
}

async function* readRows(lines: AsyncGenerator<string>, first: string): Reading['rows'] {
  const hash = createHash('sha256').update(`${first}\n`);
  const counts: Record<string, number> = {};
  for await (const line of lines) {
    const end = line.startsWith('{"end":') ? parse(line, endSchema)?.end : undefined;
    if (end) {
      const isWhole = end.sha256 === hash.digest('hex') && (await lines.next()).done === true;
      if (!isWhole) throw new Error(cut);
      return end.rows;
    }
    hash.update(`${line}\n`);
    const [[table, row] = []] = Object.entries(parse(line, rowSchema) ?? {});
    if (table === undefined || row === undefined) throw new Error(cut);
    counts[table] = (counts[table] ?? 0) + 1;
    yield { table, row };
  }
  throw new Error(cut);
}

function parse<T extends z.ZodType>(text: string, schema: T): z.output<T> | undefined {
  try {
    return schema.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}
