import { parse, stringify } from 'lossless-json';
import { descend, isObject } from '../read/found.ts';

type Levels = [name: string, path: string][];

/** What is wrong with a whole page: nothing of it can be read, so nothing that comes after it counts as taken. */
export class ReportError extends Error {
  override name = 'ReportError';
}

/** A page taken apart: its rows, and the writing of some of them as a page of the same form. */
export interface TakenPage {
  rows: unknown[];
  document: (rows: readonly unknown[]) => string;
}

/**
 * Takes a page of a report apart into its rows: the innermost items, each in a copy of those around it. So each can be read, put aside and
 * read again by itself, by the same manifest. Numbers keep their digits. What stands beside the outermost list is left out unless it is
 * among `beside`: a page's number would make another row of the same sale. Throws ReportError.
 */
export function takePage(page: string, levels: Levels, beside: readonly string[]): TakenPage {
  const whole = parsePage(page);
  const [outer, ...inner] = levels.map(([, path]) => stepsOf(path));
  if (outer === undefined) return { rows: [whole], document: ([row]) => stringify(row)! };
  const list = descend(whole, outer);
  if (!Array.isArray(list))
    throw new ReportError(`a page of the report has no list at "${levels[0]![1]}": see report.each`);
  const envelope = envelopeOf(whole, beside);
  return {
    rows: list.flatMap((item) => split(item, inner)),
    document: (rows) => stringify(put(envelope, outer, rows))!,
  };
}

function parsePage(page: string): unknown {
  try {
    return parse(page);
  } catch (error) {
    // Of the parser's message only the place: the rest repeats what was sent.
    const place = /at position \d+/.exec((error as Error).message)?.[0];
    throw new ReportError(`a page of the report is not JSON${place ? ` (${place})` : ''}`, { cause: error });
  }
}

/** `body` is the document itself. */
function stepsOf(path: string): string[] {
  const steps = path.split('.');
  return steps[0] === 'body' ? steps.slice(1) : steps;
}

/** One copy of an item for each innermost item in it: `order.lines` is looked for in the item of `order`. A list that is missing or empty stays: its reader says so. */
function split(item: unknown, inner: string[][]): unknown[] {
  const [path, ...rest] = inner;
  if (path === undefined) return [item];
  const steps = path.slice(1);
  const list = descend(item, steps);
  if (!Array.isArray(list) || list.length === 0) return [item];
  return list.flatMap((one: unknown) => split(one, rest)).map((one) => put(item, steps, [one]));
}

/** A copy of a value in which something else stands at a path. */
function put(value: unknown, [step, ...rest]: string[], end: unknown): unknown {
  if (step === undefined) return end;
  const object = isObject(value) ? value : {};
  return { ...object, [step]: put(object[step], rest, end) };
}

function envelopeOf(document: unknown, beside: readonly string[]): unknown {
  return beside.reduce<unknown>((envelope, path) => {
    const steps = stepsOf(path);
    const value = descend(document, steps);
    return value === undefined ? envelope : put(envelope, steps, value);
  }, {});
}
