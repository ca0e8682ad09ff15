import type { Reason } from '../../contract/records.ts';
import { readCurrency, readDecimal, type Money } from '../../contract/money.ts';
import { read, unreadable, type Read } from '../../contract/read.ts';
import { readTime, whyUnusable, zoneOf } from '../../contract/time.ts';
import { mayBeMissing, parseExpression, type Expression } from '../expression.ts';
import { fieldKinds, type FieldName } from '../fields.ts';
import type { Value } from '../schema.ts';
import { companionOf } from './companions.ts';
import type { Scope } from './scope.ts';
import { evaluate, type Absent, type Take } from './value.ts';

/** Reads one field of a conversion: its value, undefined if it may be missing and is, or why it cannot be read. */
export type Reader<T> = (scope: Scope) => { value: T | undefined } | { reason: Reason };

/** 512 characters hold every id and sub id known; more is a mistake or an attack. */
const longest = 512;

/** `shown`: what to show of what was sent, if not the text itself. `why` never repeats it: that is answered and logged. */
type Convert<T> = (text: string, companion: string | undefined) => Read<T> | Unread;
type Unread = { ok: false; why: string; shown?: string | undefined };

export const convertText: Convert<string> = (text) =>
  text.length <= longest ? read(text) : unreadable(`is longer than ${longest} characters`);

/** What makes a sale is never a yes or no: `true` is a mistake of theirs, and would be the id of all their sales. */
const convertIdentity: Convert<string> = (text) =>
  text === 'true' || text === 'false'
    ? unreadable('is a yes or no, not an id')
    : convertText(text, undefined);

const convertMoney: Convert<Money> = (text, companion = '') => {
  const amount = readDecimal(text);
  if (!amount.ok) return amount;
  const currency = readCurrency(companion);
  if (currency.ok) return read({ amount: amount.value, currency: currency.value });
  return { ok: false, why: 'comes in what is not an ISO 4217 currency', shown: companion };
};

function convertTime(pattern: string | undefined): Convert<string> {
  const problem = pattern === undefined ? undefined : whyUnusable(pattern);
  if (problem) throw new SyntaxError(`as "${pattern}": ${problem}`);
  return (text, companion) =>
    readTime(text, companion === undefined ? undefined : zoneOf(companion), pattern);
}

interface Options<T> {
  field: string;
  expression: Expression;
  /** Whether it may be missing; else its absence is a reason. */
  optional: boolean;
  /** What a request that does not send the parameter at all means. */
  fallback?: T | undefined;
  take?: Take;
  convert: Convert<T>;
}

/** Makes the reader of a place. Everything about a place that does not depend on the request is decided before, once. */
export function makeReader<T>({
  field,
  expression,
  optional,
  fallback,
  take,
  convert,
}: Options<T>): Reader<T> {
  return (scope) => {
    const text = evaluate(expression, scope, take);
    if (text.is === 'absent') return whenAbsent(field, scope, text, optional, fallback);
    if (text.is === 'unreadable') return fail(field, text.why, scope.hide(text.value));
    const converted = convert(text.text, text.companion);
    if (converted.ok) return { value: converted.value };
    return fail(field, converted.why, scope.hide('shown' in converted ? converted.shown : text.text));
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

/** `value` is masked before: a secret that was cut in two would not be found. */
export function fail(field: string, why: string, value?: string): { reason: Reason } {
  const shown = value?.slice(0, 200).toWellFormed().replaceAll('\u0000', '\uFFFD');
  return { reason: { field, why, ...(shown !== undefined && { value: shown }) } };
}

/** The reader of one of the contract's plain fields. Throws SyntaxError where the manifest's text makes no sense. */
export function fieldReader(field: FieldName, value: Value): Reader<string | Money> {
  const { from, default: fallback, as, take } = typeof value === 'string' ? { from: value } : value;
  const { kind, must } = fieldKinds[field];
  const expression = parseExpression(from, companionOf[kind]);
  if (kind === 'money' && expression.some(({ main, companion }) => !companion || main.length > 1))
    throw new SyntaxError(
      `"${from}": money is an amount and its currency, such as "payout USD" or "payout currency"`,
    );
  if (kind !== 'time' && as) throw new SyntaxError('"as" says how a time is written, and this is none');
  if (field === 'conversionId') assertNeeded(expression, fallback);
  const convert: Convert<string | Money> =
    kind === 'money'
      ? convertMoney
      : kind === 'time'
        ? convertTime(as)
        : must
          ? convertIdentity
          : convertText;
  const ready = fallback === undefined ? undefined : readDefault(fallback, expression, convert);
  const optional = !must || mayBeMissing(expression);
  return makeReader<string | Money>({ field, expression, optional, fallback: ready, take, convert });
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
