import { harmless } from './screen.ts';

export interface Column {
  name: string;
  /** Numbers stand right. */
  right?: boolean;
  /** Cells longer than this are cut. */
  most?: number;
}

/** Rows under a heading, in columns as wide as what stands in them. */
export function table(columns: readonly Column[], rows: readonly (readonly string[])[]): string {
  const cells = rows.map((row) => columns.map(({ most = 60 }, i) => cut(harmless(row[i] ?? ''), most)));
  const widths = columns.map(({ name }, i) =>
    Math.max(widthOf(name), ...cells.map((row) => widthOf(row[i]!))),
  );
  const line = (row: readonly string[]) =>
    row
      .map((cell, i) => pad(cell, widths[i]!, columns[i]!.right))
      .join('  ')
      .trimEnd();
  return [
    line(columns.map(({ name }) => name)),
    line(widths.map((each) => '─'.repeat(each))),
    ...cells.map(line),
  ].join('\n');
}

function pad(text: string, width: number, right = false): string {
  const space = ' '.repeat(Math.max(0, width - widthOf(text)));
  return right ? space + text : text + space;
}

function cut(text: string, most: number): string {
  if (widthOf(text) <= most) return text;
  let kept = '';
  for (const letter of text) {
    if (widthOf(kept + letter) > most - 2) break;
    kept += letter;
  }
  return `${kept}..`;
}

/** Columns that a text takes: Chinese and Korean letters and most pictures take two, marks over a letter (Thai) none. */
function widthOf(text: string): number {
  if (/^[\x20-\x7e]*$/.test(text)) return text.length;
  return [...text].reduce((sum, letter) => sum + (/\p{M}/u.test(letter) ? 0 : wide.test(letter) ? 2 : 1), 0);
}

const wide =
  /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]|\p{Emoji_Presentation}/u;
