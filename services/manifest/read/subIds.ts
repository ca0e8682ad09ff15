import { parseExpression } from '../expression.ts';
import type { Fields } from '../schema.ts';
import { convertText } from './convert.ts';
import { fail, type Reader } from './fail.ts';
import { textReader } from './reader.ts';
import { evaluate, evaluateList, isNothing, type Text } from './value.ts';

/** Readers of the sub ids: one for each place, or one for all where a single place holds a list or a text to split. */
export function subIdReaders(subIds: Fields['subIds']): Reader<string | string[]>[] {
  if (Array.isArray(subIds)) return subIds.map((from, i) => textReader(`subIds.${i}`, from));
  if (subIds === undefined) return [];
  return [typeof subIds === 'string' ? listReader(subIds) : listReader(subIds.from, subIds.split)];
}

/** A list means all that is in it, in its order; an empty piece is a slot that was not filled. */
function listReader(from: string, split?: string): Reader<string[]> {
  const expression = parseExpression(from);
  return (scope) => {
    const texts = evaluateList(expression, scope) ?? [evaluate(expression, scope)];
    const values: string[] = [];
    for (const text of texts.flatMap((one) => piecesOf(one, split))) {
      if (text.is === 'unreadable') return fail('subIds', text.why, scope.hide(text.value));
      const converted = convertText(text.is === 'text' ? text.text : '', undefined);
      if (!converted.ok)
        return fail('subIds', converted.why, scope.hide(text.is === 'text' ? text.text : ''));
      values.push(converted.value);
    }
    return { value: values };
  };
}

function piecesOf(text: Text, split: string | undefined): Text[] {
  if (split === undefined || text.is !== 'text') return [text];
  const pieces = text.text.split(split).map((piece) => piece.trim());
  return pieces.map((piece) => ({ is: 'text', text: isNothing(piece) ? '' : piece }));
}
