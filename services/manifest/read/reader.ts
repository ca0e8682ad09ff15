import type { Writing } from '../../contract/amount.ts';
import type { Money } from '../../contract/money.ts';
import { mayBeMissing, parseExpression, type Expression } from '../expression.ts';
import { fieldKinds, type FieldKind, type FieldName } from '../fields.ts';
import type { Value } from '../schema.ts';
import { companionOf } from './companions.ts';
import { convertIdentity, convertMoney, convertText, convertTime, type Convert } from './convert.ts';
import { fail, type Reader } from './fail.ts';
import { lessReader } from './less.ts';
import type { Scope } from './scope.ts';
import { evaluate, isNothing, pick, type Absent, type Take } from './value.ts';

interface Options<T> {
  field: string;
  expression: Expression;
  /** Whether it may be missing; else its absence is a reason. */
  optional: boolean;
  /** What a request that does not send the parameter at all means. */
  fallback?: T | undefined;
  take?: Take;
  /** What parts the pieces of which one is taken. */
  split?: string | undefined;
  convert: Convert<T>;
}

/** Makes the reader of a place. Everything about a place that does not depend on the request is decided before, once. */
export function makeReader<T>({
  field,
  expression,
  optional,
  fallback,
  take,
  split,
  convert,
}: Options<T>): Reader<T> {
  return (scope, minus) => {
    const whole = evaluate(expression, scope, split === undefined ? take : undefined);
    if (whole.is === 'absent') return whenAbsent(field, scope, whole, optional, fallback);
    if (whole.is === 'unreadable') return fail(field, whole.why, scope.hide(whole.value));
    const text = split === undefined ? whole.text : pick(whole.text.split(split), take).trim();
    if (split !== undefined && isNothing(text))
      return whenAbsent(field, scope, { is: 'absent', sent: true, value: text }, optional, fallback);
    const converted = convert(text, whole.companion, minus);
    if (converted.ok) return { value: converted.value };
    return fail(field, converted.why, scope.hide('shown' in converted ? converted.shown : text));
  };
}

function whenAbsent<T>(
  field: string,
  scope: Scope,
  { sent, value }: Absent,
  optional: boolean,
  fallback: T | undefined,
) {
  if (fallback !== undefined && !sent) return { value: fallback };
  if (optional) return { value: undefined };
  if (!sent) return fail(field, 'was not sent');
  if (!value) return fail(field, 'came empty');
  return fail(field, 'is a macro that was not filled in', scope.hide(value));
}

/** The reader of one of the contract's plain fields. Throws SyntaxError where the manifest's text makes no sense. */
export function fieldReader(field: FieldName, value: Value): Reader<string | Money> {
  const {
    from,
    default: fallback,
    as,
    less,
    split,
    take,
  } = typeof value === 'string' ? { from: value } : value;
  const { kind, must } = fieldKinds[field];
  const expression = parseExpression(from, companionOf[kind]);
  assertFits(kind, { from, as, less, split, take }, expression);
  if (field === 'conversionId') assertNeeded(expression, fallback);
  const convert = converterOf(kind, must, as);
  const ready = fallback === undefined ? undefined : readDefault(fallback, expression, convert);
  const optional = !must || mayBeMissing(expression);
  const reader = makeReader({ field, expression, optional, fallback: ready, take, split, convert });
  return less === undefined ? reader : lessReader(field, reader as Reader<Money>, less, as as Writing);
}

/** Whether the words beside a place fit what the field is. Throws SyntaxError. */
function assertFits(
  kind: FieldKind,
  { from, as, less, split, take }: Exclude<Value, string>,
  expression: Expression,
): void {
  if (kind === 'money' && expression.some(({ main, companion }) => !companion || main.length > 1))
    throw new SyntaxError(
      `"${from}": money is an amount and its currency, such as "payout USD" or "payout currency"`,
    );
  if (kind === 'text' && as)
    throw new SyntaxError('"as" says how money or a time is written, and this is neither');
  if (kind !== 'money' && less !== undefined)
    throw new SyntaxError('"less" is taken off an amount, and this is none');
  if (split !== undefined && take === undefined)
    throw new SyntaxError('"split" makes several pieces: say with "take" which one is meant');
}

function converterOf(kind: FieldKind, must: boolean, as: string | undefined): Convert<string | Money> {
  if (kind === 'money') return convertMoney(as);
  if (kind === 'time') return convertTime(as);
  return must ? convertIdentity : convertText;
}

/** Two sales without an id would be one. */
export function assertNeeded(expression: Expression, fallback?: string): void {
  if (mayBeMissing(expression)) throw new SyntaxError('it has to come with every sale: leave out "?"');
  if (fallback !== undefined) throw new SyntaxError('every sale has its own: leave out "default"');
}

/** A default is read like a value that was sent, so that a wrong one fails when the manifest loads. */
function readDefault<T>(text: string, [first]: Expression, convert: Convert<T>): T {
  const literal = first?.companion?.[0];
  if (typeof literal === 'object')
    throw new SyntaxError(`default "${text}" needs a currency that is written here, such as "payout USD"`);
  const converted = convert(text, literal);
  if (!converted.ok) throw new SyntaxError(`default "${text}" ${converted.why}`);
  return converted.value;
}

/** The reader of a place that holds plain text and may be missing, outside the list of fields: a sub id, what is kept beside. */
export function textReader(field: string, from: string): Reader<string> {
  return makeReader({ field, expression: parseExpression(from), optional: true, convert: convertText });
}

/** The reader of what tells two changes of a sale from one that is told twice. It has to come with every one. */
export function distinctReader(from: string): Reader<string> {
  const expression = parseExpression(from);
  assertNeeded(expression);
  return makeReader({ field: 'repeat.distinct', expression, optional: false, convert: convertIdentity });
}
