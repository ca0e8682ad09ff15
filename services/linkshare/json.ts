/** A number that a float cannot hold as it is written: 16 digits and more, a fraction, an exponent. */
const inexact = /[:[,]\s*-?(?:\d{16,}|\d+(?:\.\d|[eE]))/;

/**
 * Parses what TikTok answers. A whole number stays a number as long as a float holds it; every other becomes the text it was written
 * as, since ids come as 19-digit numbers too and amounts must not pass through a float. Throws SyntaxError.
 */
export function parseJson(text: string): unknown {
  // Reading with a reviver takes three times as long, and hardly any answer needs it.
  return inexact.test(text) ? parse(text, asWritten) : JSON.parse(text);
}

type Reviver = (key: string, value: unknown, context: { source?: string }) => unknown;

/** TypeScript's library does not know the third parameter yet. */
const parse = JSON.parse as (text: string, reviver: Reviver) => unknown;

const asWritten: Reviver = (_key, value, { source }) =>
  typeof value === 'number' && source !== undefined && !/^-?\d{1,15}$/.test(source) ? source : value;
