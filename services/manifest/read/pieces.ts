/**
 * Every piece of a header that bears a label: in `t=17,v1=ab,v1=cd` the pieces labelled v1 are ab and cd; likewise in `v1,ab v1,cd`,
 * in `sha256=ab` and in `Bearer ab`. One notion for prefixes, separators and lists of signatures. `label` is in lower case.
 */
export function pieces(header: string, label: string): string[] {
  const found: string[] = [];
  piece.lastIndex = 0;
  for (let match = piece.exec(header); match; match = piece.exec(header))
    if (match[1]!.toLowerCase() === label) found.push(match[2]!);
  return found;
}

const piece = /(?:^|[\s,;])([\w-]+)(?:=|,|\s+)([^\s,;]+)/g;
