import { Option, type Command } from 'commander';
import { stringify } from 'yaml';
import type { WholeBook } from '../../../ledger/publishers/book.ts';
import type { BookChange, Moved } from '../../../ledger/plan.ts';
import { writeWhole } from '../../../runtime/wholeFile.ts';
import { readYaml } from '../../../manifest/load/yaml.ts';
import { Failure } from '../../failure.ts';
import { readText } from '../../text.ts';
import { askLedger } from '../ask.ts';
import { common, planned, showMoved, type Common, type Planned } from '../options.ts';
import { columns } from '../table.ts';
import type { DayOrder } from './cells.ts';
import { failing, placedFailure } from './places.ts';
import { readBookCsv, type LocatedBook } from './readBook.ts';
import { writeBookCsv } from './writeBook.ts';

const formats = ['yaml', 'csv', 'json'] as const;
interface ExportOptions extends Common {
  format?: (typeof formats)[number];
  semicolons?: boolean;
  out?: string;
}

/** `publisher export` and `import`. */
export function addBookCommands(publisher: Command, env: NodeJS.ProcessEnv): void {
  common(
    publisher
      .command('export')
      .description('All publishers, their rules and postbacks, without secrets')
      .addOption(new Option('--format <format>', 'else as the name of --out ends, or yaml').choices(formats))
      .option('--semicolons', 'a CSV for an Excel whose numbers have a comma')
      .option('--out <file>', 'else to standard output'),
  ).action(async ({ out, by, ...options }: ExportOptions) => {
    const text = written(
      await askLedger<WholeBook>(env, 'export', {}, by),
      formatOf(out, options),
      options.semicolons,
    );
    if (out === undefined) console.log(text.trimEnd());
    else await writeWhole(out, text);
  });
  planned(
    publisher
      .command('import')
      .description('Add and change what a CSV, YAML or JSON file says; removes nothing')
      .argument('<file>', '- is standard input')
      .addOption(new Option('--format <format>', "else as the file's name ends").choices(formats))
      .addOption(
        new Option('--days <order>', 'how 3/4/2026 is meant, where a spreadsheet wrote days so').choices([
          'dmy',
          'mdy',
        ]),
      ),
  ).action(
    async (
      file: string,
      { plan, json, by, days, ...options }: Planned & ExportOptions & { days?: DayOrder },
    ) => {
      const located = readBook(await readText(file), file, formatOf(file, options), days);
      const asked = askLedger<Moved>(env, 'import', { book: located.book, plan }, by);
      const moved = await asked.catch((error: Error) => Promise.reject(placedFailure(error, located)));
      showImported(moved, json);
    },
  );
}

const formatOf = (file: string | undefined, { format, semicolons }: ExportOptions) =>
  format ?? formats.find((each) => file?.toLowerCase().endsWith(`.${each}`)) ?? (semicolons ? 'csv' : 'yaml');

function written(book: WholeBook, format: (typeof formats)[number], semicolons?: boolean): string {
  if (format === 'csv') return writeBookCsv(book, semicolons);
  if (format === 'json') return `${JSON.stringify(book, null, 2)}\n`;
  return `# Publishers, their rules and postbacks. Without secrets: what postbacks are signed with stays where it is, and so does what reads *** in a URL.\n${stringify(book)}`;
}

function readBook(
  text: string,
  file: string,
  format: (typeof formats)[number],
  days?: DayOrder,
): LocatedBook {
  if (format === 'csv') return failing(() => readBookCsv(text, file, days));
  const yaml = readYaml(text, file);
  if ('problems' in yaml) throw new Failure(yaml.problems.join('\n'));
  const at = (path: PropertyKey[]) => yaml.locate({ path, message: '' }).trimEnd();
  return {
    book: yaml.value,
    place: (entry, field) => {
      const path = [...entry.split('.'), ...(field?.split('.') ?? [])];
      return [at(path), field].filter(Boolean).join(' ');
    },
  };
}

function showImported(moved: Moved, json?: boolean): void {
  const { changes = [] } = moved;
  if (json) return showMoved(moved, json);
  if (changes.length === 0) return console.log('It says nothing new');
  console.log(columns(changes.map(({ what, subject, from = '', to = '' }: BookChange) => ({ what, of: subject, from, to })))); // prettier-ignore
  showMoved(moved);
  for (const { subject, secret } of changes)
    if (secret !== undefined) console.log(`${subject} checks signatures with ${secret}: shown this once`);
}
