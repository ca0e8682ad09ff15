import { mask } from './hide.ts';

const token = /"(?:[^"\\]|\\.)*"?|[[\]{}:,]|[^\s"[\]{}:,]+/gs;

/**
 * Masks the values of secret keys, structures too. In the text, not in what it parses to: it may not parse, and it is to be kept as
 * it came.
 */
export function maskJson(text: string, secret: ReadonlySet<string>): string {
  const keys = new Set([...secret].map((name) => name.split('.').at(-1)!));
  if (![...keys].some((key) => text.includes(key)) && !text.includes('\\')) return text;
  let masked = '';
  let copied = 0;
  let key: string | undefined;
  let depth = 0;
  let maskedFrom: number | undefined;
  for (const { 0: part, index } of text.matchAll(token)) {
    if (maskedFrom === undefined) {
      const isSecret = part === ':' && key !== undefined && keys.has(key);
      if (part !== ':') key = keyOf(part);
      if (isSecret) maskedFrom = -1;
      continue;
    }
    if (maskedFrom === -1) {
      masked += `${text.slice(copied, index)}"${mask}"`;
      maskedFrom = index;
      copied = text.length; // until the value is seen to end: what is cut off is masked whole
    }
    depth += '[{'.includes(part) ? 1 : ']}'.includes(part) ? -1 : 0;
    if (depth > 0) continue;
    copied = index + part.length;
    [maskedFrom, depth, key] = [undefined, 0, undefined];
  }
  return masked + text.slice(copied);
}

/** A string as JSON reads it: `"t\u006fken"` is token too. */
function keyOf(part: string): string | undefined {
  if (!part.startsWith('"')) return undefined;
  if (!part.includes('\\')) return part.slice(1, -1);
  try {
    return JSON.parse(part) as string;
  } catch {
    return part;
  }
}
