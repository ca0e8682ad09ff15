/** Rows as columns of text for people; numbers to the right. Nothing for no rows. */
export function columns(rows: readonly Record<string, unknown>[]): string {
  const names = Object.keys(rows[0] ?? {});
  const texts = [names, ...rows.map((row) => names.map((name) => shown(row[name])))];
  const widths = names.map((_, i) => Math.max(...texts.map((line) => line[i]!.length)));
  const isNumber = names.map((name) => rows.every((row) => typeof row[name] === 'number'));
  return texts
    .map((line) =>
      line
        .map((text, i) => (isNumber[i] ? text.padStart(widths[i]!) : text.padEnd(widths[i]!)))
        .join('  ')
        .trimEnd(),
    ) // prettier-ignore
    .join('\n');
}

function shown(value: unknown): string {
  if (value === null || value === undefined) return '';
  if (Array.isArray(value)) return value.join(', ');
  return typeof value === 'string' ? value : JSON.stringify(value);
}
