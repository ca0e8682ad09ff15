/** What XML 1.0 cannot hold at all: control characters, halves of a character, two that are none. */
const forbidden =
  /[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g;

const entities: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

/** The most that Excel keeps in a cell, in UTF-16 units. */
const longest = 32_767;

/** A text for a cell. Excel reads `_x000D_` as a character: such a text keeps its first underscore by being written as one. */
export function cellXml(text: string): string {
  const whole = text.length > longest ? text.slice(0, longest) : text;
  return escapeXml(whole.replace(/_(?=x[0-9A-Fa-f]{4}_)/g, '_x005F_'));
}

export const escapeXml = (text: string): string =>
  /[&<>"\x00-\x1f\ud800-\udfff\ufffe\uffff]/.test(text)
    ? text.replace(forbidden, '\ufffd').replace(/[&<>"]/g, (sign) => entities[sign]!)
    : text;

export const declaration = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n';

/** A, B .. Z, AA .. of 0, 1 .. */
export function columnName(index: number): string {
  const rest = Math.floor(index / 26);
  return (rest > 0 ? columnName(rest - 1) : '') + String.fromCharCode(65 + (index % 26));
}
