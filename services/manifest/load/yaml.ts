import { isMap, isNode, isScalar, isSeq, LineCounter, parseDocument, visit, type Document } from 'yaml';
import type { Problem } from './problems.ts';

/** YAML with the places of its parts. */
export interface YamlFile {
  value: unknown;
  /** `file:line:column message`, counted from 1. */
  locate: (problem: Problem) => string;
}

/**
 * Reads YAML without types (the failsafe schema), so that `1.0`, `yes` and `007` stay the texts they were written as.
 * Where it is not YAML, gives every problem as `file:line:column message` instead.
 */
export function readYaml(text: string, file: string): YamlFile | { problems: string[] } {
  const lines = new LineCounter();
  const document = parseDocument(text, { schema: 'failsafe', lineCounter: lines, prettyErrors: false });
  const place = (offset: number) => {
    const { line, col } = lines.linePos(offset);
    return `${file}:${line}:${col}`;
  };
  const problems = [...errorsOf(document), ...aliasErrors(document)];
  if (problems.length > 0)
    return { problems: problems.map(({ offset, message }) => `${place(offset)} ${message}`) };
  return {
    value: document.toJS(),
    locate: ({ path, message, atKey }) => `${place(offsetOf(document, path, atKey ?? false))} ${message}`,
  };
}

interface Unreadable {
  offset: number;
  message: string;
}

/** A key that comes twice stands alone; of other errors the first brings about the rest. */
function errorsOf({ errors }: Document): Unreadable[] {
  const [first] = errors.filter(({ code }) => code !== 'DUPLICATE_KEY');
  const told = errors.filter((error) => error === first || error.code === 'DUPLICATE_KEY');
  return told.map(({ message, pos, code }) => ({
    offset: pos[0],
    message: `${message}${mayWantQuotes.has(code) ? ' (a text with such signs needs quotes)' : ''}`,
  }));
}

/** What YAML says of a text that begins with `*`, `{` or `[`, or holds `: `. */
const mayWantQuotes = new Set([
  'BAD_ALIAS',
  'BLOCK_AS_IMPLICIT_KEY',
  'UNEXPECTED_TOKEN',
  'MULTILINE_IMPLICIT_KEY',
]);

/** More aliases than anybody writes by hand; nested, a few hundred fill the memory. */
const mostAliases = 20;

/** The parser leaves aliases to whoever reads the value, and throws there without a place. */
function aliasErrors(document: Document.Parsed): Unreadable[] {
  const problems: Unreadable[] = [];
  let aliases = 0;
  visit(document, {
    Alias(_, alias) {
      const offset = alias.range?.[0] ?? 0;
      if (!alias.resolve(document))
        problems.push({ offset, message: `*${alias.source} names nothing: a text that begins with * needs quotes` }); // prettier-ignore
      else if (++aliases === mostAliases) problems.push({ offset, message: 'too many aliases' });
    },
  });
  return problems;
}

/** Where a path leads, or as far as it leads: a missing key is reported at its parent. */
function offsetOf(document: Document, path: PropertyKey[], atKey: boolean): number {
  let node: unknown = document.contents;
  let offset = startOf(node) ?? 0;
  for (const [depth, key] of path.entries()) {
    const pair = isMap(node)
      ? node.items.find((item) => isScalar(item.key) && item.key.value === key)
      : undefined;
    if (pair && atKey && depth === path.length - 1) return startOf(pair.key) ?? offset;
    node = pair ? pair.value : isSeq(node) ? node.items[Number(key)] : undefined;
    offset = startOf(node) ?? startOf(pair?.key) ?? offset;
  }
  return offset;
}

const startOf = (node: unknown) => (isNode(node) ? node.range?.[0] : undefined);
