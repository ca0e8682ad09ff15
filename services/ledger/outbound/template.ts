import { didYouMean } from '../../manifest/load/suggest.ts';
import { macroNames, macros, type Macro, type Values } from './macros.ts';

/** A text with macros: `{clickId}`, or `{clickId:raw}` for a value that is written as it is. */
export type Template = (string | { macro: Macro; raw: boolean })[];

/** Reads a template. Throws an error for its author where it names what is no macro. */
export function parseTemplate(text: string): Template {
  const pieces = text.split(/(\{[^{}]*\})/).filter((piece) => piece !== '');
  return pieces.map((piece) => {
    if (!piece.startsWith('{') || !piece.endsWith('}')) return literal(piece);
    const [, name = '', raw] = /^\{\s*([^:\s]*)\s*(:raw)?\s*\}$/.exec(piece) ?? [];
    if (!Object.hasOwn(macros, name))
      throw new Error(`unknown macro ${piece}${didYouMean(name, macroNames)}`);
    return { macro: name as Macro, raw: raw !== undefined };
  });
}

/** A macro that was not closed would be sent as it is, and nobody would notice. */
function literal(piece: string): string {
  const [brace] = /[{}]/.exec(piece) ?? [];
  if (brace !== undefined) throw new Error(`a "${brace}" without its other half: a macro reads {clickId}`);
  return piece;
}

/** Fills a template in. Raw values are left as they are; all others go through `encode`. */
export const fill = (template: Template, values: Values, encode: (value: string) => string): string =>
  template
    .map((piece) =>
      typeof piece === 'string' ? piece : piece.raw ? values[piece.macro] : encode(values[piece.macro]),
    ) // prettier-ignore
    .join('');

export const macrosIn = (template: Template): Macro[] =>
  template.flatMap((piece) => (typeof piece === 'string' ? [] : piece.macro));

/** For a URL. A half of a surrogate pair has no encoding: it becomes the sign for what could not be read. */
export const forUrl = (value: string): string => encodeURIComponent(value.toWellFormed());
