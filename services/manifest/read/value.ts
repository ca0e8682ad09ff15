import { isOptional, referencesOf, type Alternative, type Expression, type Template } from '../expression.ts';
import type { Found } from './found.ts';
import type { Scope } from './scope.ts';

/** What a place holds once read as text. `sent`: something came, even if it was empty or an unfilled macro. */
export type Text =
  | { is: 'text'; text: string; companion?: string }
  | Absent
  | { is: 'unreadable'; why: string; value?: string };

export interface Absent {
  is: 'absent';
  sent: boolean;
  value?: string;
}

/** Which of several values: `first`, `last` or its number, from 1. */
export type Take = string | undefined;

/** The one that is meant; an empty text where there are fewer. */
export const pick = (values: readonly string[], take: Take): string =>
  values.at(take === 'last' ? -1 : Number(take === undefined || take === 'first' ? 1 : take) - 1) ?? '';

/**
 * A template macro that nobody filled in, as networks' consoles write them: {x} {{x}} [[[x]]] !!!x!!! #x# <x> (x) ${x} ${(x)!}.
 * It stands for nothing: the network did not know that macro.
 */
const unfilled = /^(\{\{?[\w .-]+\}?\}|\[\[\[.*\]\]\]|!!!.*!!!|#[\w .-]+#|<[\w .-]+>|\([\w .-]+\)|\$\{.*\})$/;

/** NUL and lone surrogates cannot be kept in a database or sent on, and no network means them. */
const impossible = (text: string) => text.includes('\u0000') || !text.isWellFormed();

/** Empty, or a macro that nobody filled in. */
export const isNothing = (text: string): boolean => text === '' || unfilled.test(text);

const notSent: Absent = { is: 'absent', sent: false };

/**
 * Evaluates a place: the first alternative that is present, with its companion.
 * Something unreadable is never passed over for a later alternative.
 */
export function evaluate(expression: Expression, scope: Scope, take?: Take): Text {
  let absent = notSent;
  for (const alternative of expression) {
    const text = evaluateAlternative(alternative, scope, take);
    if (text.is !== 'absent') return text;
    absent = either(absent, text);
  }
  return absent;
}

/** Of two absences the one of which something came: "came empty" says more than "was not sent", and no default covers it. */
const either = (a: Absent, b: Absent) => (a.sent ? a : b);

/** Optional terms that are missing are left out; if a needed one is missing, or all are, the alternative is absent. */
function evaluateAlternative({ main, companion }: Alternative, scope: Scope, take: Take): Text {
  if (main.length === 1 && !companion) return evaluateTemplate(main[0]!, scope, take);
  let joined: string | undefined;
  let absent = notSent;
  for (const term of main) {
    const text = evaluateTemplate(term, scope, take);
    if (text.is === 'unreadable') return text;
    if (text.is === 'text') joined = joined === undefined ? text.text : `${joined} ${text.text}`;
    else if (!isOptional(term)) return text;
    else absent = either(absent, text);
  }
  return joined === undefined ? absent : withCompanion(joined, companion, scope, take);
}

function withCompanion(value: string, companion: Template | undefined, scope: Scope, take: Take): Text {
  if (!companion) return { is: 'text', text: value };
  const [literal] = companion;
  if (typeof literal === 'string' && companion.length === 1)
    return { is: 'text', text: value, companion: literal };
  const text = evaluateTemplate(companion, scope, take);
  if (text.is === 'text') return { is: 'text', text: value, companion: text.text };
  if (text.is === 'unreadable') return text;
  const [missing] = referencesOf(companion);
  return { is: 'unreadable', why: `came without ${missing?.name ?? 'its companion'}`, value };
}

/** One text of a template: `{a}{b?}` joins with nothing. Its own text alone makes no value: `{a?}-{b?}` of nothing is not "-". */
export function evaluateTemplate(template: Template, scope: Scope, take?: Take): Text {
  const [only] = template;
  if (template.length === 1 && typeof only === 'object') return evaluateReference(only.name, scope, take);
  let joined = '';
  let present = false;
  let absent = notSent;
  for (const part of template) {
    if (typeof part === 'string') {
      joined += part;
      continue;
    }
    const text = evaluateReference(part.name, scope, take);
    if (text.is === 'unreadable') return text;
    if (text.is === 'text') {
      joined += text.text;
      present = true;
    } else if (part.optional) absent = either(absent, text);
    else return text;
  }
  return present ? { is: 'text', text: joined } : absent;
}

/** The texts of a place that holds a JSON list of them, each by itself; undefined where it holds something else. */
export function evaluateList(expression: Expression, scope: Scope): Text[] | undefined {
  for (const { name } of expression.flatMap(({ main }) =>
    main.length === 1 ? referencesOf(main[0]!) : [],
  )) {
    const found = scope.find(name);
    if (found.sent && 'problem' in found && found.list)
      return found.list.map((value) => single({ sent: true, values: [value] }, undefined));
    if (found.sent) return undefined;
  }
  return undefined;
}

function evaluateReference(name: string, scope: Scope, take: Take): Text {
  const text = single(scope.find(name), take);
  return text.is === 'unreadable' ? { ...text, why: `${name} ${text.why}` } : text;
}

/** Equal duplicates are one value; different ones are unreadable unless the manifest says which to take. */
function single(found: Found, take: Take): Text {
  if (!found.sent) return notSent;
  if ('problem' in found && !(take && found.list)) return { is: 'unreadable', why: found.problem };
  const values = 'problem' in found ? found.list! : found.values;
  const value = pick(values, take).trim();
  if (values.length > 1 && !take && values.some((other) => other.trim() !== value)) {
    const different = [...new Set(values.map((other) => other.trim()))];
    return {
      is: 'unreadable',
      why: 'was sent more than once, with different values',
      value: different.join(' | '),
    };
  }
  if (impossible(value)) return { is: 'unreadable', why: 'holds a NUL or half a character', value };
  if (isNothing(value)) return { is: 'absent', sent: true, value };
  return { is: 'text', text: value };
}
