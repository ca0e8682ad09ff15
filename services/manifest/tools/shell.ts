/**
 * The words of one shell line as POSIX shells part them (https://pubs.opengroup.org/onlinepubs/9799919799/utilities/V3_chap02.html#tag_19_02):
 * quotes, backslashes, a line that goes on behind a backslash, and `$'..'`, which browsers write for signs that need it. Nothing is
 * executed. Throws SyntaxError where a quote is not closed, or where only a shell would know what a word becomes.
 */
export function shellWords(line: string): string[] {
  const words: string[] = [];
  let word: string | undefined;
  for (const [part] of line.replace(/\\\r?\n/g, ' ').matchAll(parts)) {
    if (/^\s+$/.test(part)) {
      if (word !== undefined) words.push(word);
      word = undefined;
    } else word = (word ?? '') + meaning(part);
  }
  return word === undefined ? words : [...words, word];
}

const parts = /\$'(?:[^'\\]|\\.)*'|'[^']*'|"(?:[^"\\]|\\.)*"|\\.|\s+|[^\s'"\\$]+|[\s\S]/g;

function meaning(part: string): string {
  if (part.startsWith("$'")) return part.length > 2 ? part.slice(2, -1).replace(escapes, unescape) : part;
  if (part.length > 1 && part.startsWith("'")) return part.slice(1, -1);
  if (part.length > 1 && part.startsWith('"')) return inDoubleQuotes(part.slice(1, -1));
  if (part === "'" || part === '"') throw new SyntaxError(`a quote (${part}) is not closed`);
  return part.length === 2 && part.startsWith('\\') ? part.slice(1) : part;
}

function inDoubleQuotes(text: string): string {
  const command = /(?<!\\)(\$\(|`)/.exec(text)?.[1];
  if (command !== undefined)
    throw new SyntaxError(
      `${command} runs a command, and nothing is run here: put what it prints in its place`,
    );
  return text.replace(/\\([\\"$`])/g, '$1');
}

const escapes = /\\(?:u([0-9a-f]{1,4})|x([0-9a-f]{1,2})|([0-7]{1,3})|([\s\S]))/gi;

function unescape(_: string, unicode?: string, hex?: string, octal?: string, sign = ''): string {
  const code = unicode ?? hex;
  if (code !== undefined) return String.fromCharCode(parseInt(code, 16));
  if (octal !== undefined) return String.fromCharCode(parseInt(octal, 8));
  return { n: '\n', r: '\r', t: '\t' }[sign] ?? sign;
}
