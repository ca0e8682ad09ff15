import { chapters, type Chapter, type Shown } from './manifest/words/chapters.ts';
import { exampleSchema, holes } from './manifest/example.ts';
import { reportExampleSchema } from './manifest/reportExample.ts';
import { manifestSchema } from './manifest/schema.ts';
import { wordsOf } from './manifest/words/words.ts';

/** The manifest's words as tables for partners/README.md: what each means, from the schema that checks it, and its example, which is a test. */
export const vocabulary = (): string => chapters().map(tableOf).join('\n\n');

const meanings = new Map(wordsOf(manifestSchema).map(({ word, means }) => [word, means]));

function tableOf({ title, words }: Chapter): string {
  const rows = Object.entries(words).map(([word, shown]) => row([code(word), meanings.get(word) ?? '', ...cells(shown)])); // prettier-ignore
  return [`### ${title}`, '', ...head('word', 'meaning', 'a manifest says', 'they send', 'we read'), ...rows].join('\n'); // prettier-ignore
}

function cells({ say, they, we }: Shown): string[] {
  const sent = [they].flat().map((request) => (request === '' ? 'nothing more' : code(request)));
  const read = Object.entries(we).map(([name, value]) => `${name}: ${code(value)}`);
  return [code(say), sent.join(', then '), read.join(', ')];
}

/** The words of example files, those of a report's that others have not, and the holes that are filled in them. */
export function exampleWords(): string {
  const usual = wordsOf(exampleSchema);
  const reports = wordsOf(reportExampleSchema).filter(({ word }) => !usual.some((other) => other.word === word)); // prettier-ignore
  const words = [...usual, ...reports, ...holes.map(({ hole, means }) => ({ word: hole, means }))];
  return [...head('word', 'meaning'), ...words.map(({ word, means }) => row([code(word), means]))].join('\n');
}

const head = (...names: string[]) => [row(names), row(names.map(() => '---'))];
const row = (texts: string[]) => `| ${texts.map((text) => text.replaceAll('|', '\\|')).join(' | ')} |`;
const code = (text: string) => (text.includes('`') ? `\`\` ${text} \`\`` : `\`${text}\``);

const tables = { words: vocabulary, 'example words': exampleWords };

/** A text with each table renewed between its marks. */
export function withVocabulary(readme: string): string {
  return Object.entries(tables).reduce((text, [name, table]) => {
    const [begin, end] = [`<!-- ${name}: npm run generate -->`, `<!-- /${name} -->`];
    const [before = '', rest = ''] = text.split(begin);
    return `${before}${begin}\n\n${table()}\n\n${end}${rest.split(end)[1] ?? ''}`;
  }, readme);
}
