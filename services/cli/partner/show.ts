import type { Partner } from '../../manifest/compile.ts';
import type { BlockStep } from '../../manifest/tools/explainBlock.ts';
import type { Explanation } from '../../manifest/tools/explain.ts';
import type { FieldStep } from '../../manifest/tools/explainFields.ts';
import type { Terminal } from '../terminal.ts';
import { whyOf } from './runExample.ts';
import type { Tried } from './trial.ts';

/** A request that was tried, and all that is told of it. */
export interface Shown {
  partner: Partner;
  name: string;
  now: Date;
  tried: Tried;
  explanation: Explanation;
  /** In what an example came out otherwise than it says. */
  otherwise: string[];
  notes: string[];
}

type Paint = Terminal['paint'];

/** A request's whole way, a step a paragraph. */
export function showTried(
  { partner, name, now, tried, explanation, otherwise, notes }: Shown,
  { paint }: Terminal,
): void {
  console.log(`${paint('bold', `${partner.id} ${name}`)} ${paint('dim', `as if it came at ${now.toISOString()}; nothing is published`)}`); // prettier-ignore
  section(paint, 'read', requestLines(explanation));
  section(paint, 'verified', [...notes, ...explanation.verify.flatMap((step) => blockLines(step, paint))]);
  const isTheirs = tried.result?.outcome !== 'refused';
  const mapped = mappedLines(explanation, paint);
  section(paint, 'mapped', isTheirs ? mapped : [paint('dim', 'as it would be, were it theirs'), ...mapped]);
  section(paint, 'outcome', outcomeLines(tried, paint));
  section(paint, 'answered', [`${tried.status} ${tried.body}`]);
  section(paint, 'event', eventLines(tried));
  const differs = otherwise.map((line) => paint('red', line));
  section(paint, 'but', differs);
}

const width = 10;

function section(paint: Paint, title: string, lines: string[]): void {
  lines.forEach((line, i) => console.log(`${paint('cyan', (i === 0 ? title : '').padEnd(width))}${line}`));
}

function requestLines({ request, reading }: Explanation): string[] {
  const { method, path, query, headers, body = '' } = request;
  return [
    `${method} ${path}${query && `?${query}`}`,
    ...Object.entries(headers).map(([name, value]) => `${name}: ${value}`),
    ...(body === '' ? [] : [cut(body, 2000)]),
    reading.body,
  ];
}

const marks: Record<BlockStep['result'], [mark: string, style: 'green' | 'red' | 'yellow' | 'dim']> = {
  passed: ['✓', 'green'],
  failed: ['✗', 'red'],
  'not brought': ['-', 'dim'],
  expired: ['✗', 'yellow'],
  unverified: ['!', 'yellow'],
};

function blockLines({ way, result, why, signed }: BlockStep, paint: Paint): string[] {
  const [mark, style] = marks[result];
  return [
    `${paint(style, `${mark} ${result}`)}: ${way}${why === undefined ? '' : `: ${why}`}`,
    ...(signed === undefined ? [] : [`  their signature has to fit this text: ${cut(signed, 500)}`]),
  ];
}

function mappedLines({ reading: { items, count, variant, why } }: Explanation, paint: Paint): string[] {
  const lines = variant === undefined ? [] : [`by the variant of ${variant}`];
  if (why !== undefined) return [...lines, paint('red', why)];
  const blocks = items.flatMap((steps, i) => [
    ...(count > 1 ? [paint('bold', `item ${i} of ${count}`)] : []),
    ...fieldLines(steps, paint),
  ]);
  return [...lines, ...blocks, ...(count > items.length ? [`.. and ${count - items.length} items more`] : [])]; // prettier-ignore
}

function fieldLines(steps: FieldStep[], paint: Paint): string[] {
  const rows = steps.map((step) => [step.field, foundText(step), resultText(step, paint)] as const);
  const [fields, found] = [0, 1].map((i) => Math.min(60, Math.max(...rows.map((row) => row[i]!.length))));
  return rows.map(([field, text, result]) => `${field.padEnd(fields!)}  ${text.padEnd(found!)}  ${result}`);
}

/** `payout "1.25", currency was not sent`. */
function foundText({ from, found }: FieldStep): string {
  const texts = found.map(({ place, value }) => (value === undefined ? `${place} was not sent` : `${place} ${JSON.stringify(cut(value, 80))}`)); // prettier-ignore
  return texts.join(', ') || (from === '' ? 'the manifest reads no place' : from);
}

function resultText({ became, why }: FieldStep, paint: Paint): string {
  if (why !== undefined) return paint('red', `✗ ${why}`);
  return became === undefined ? paint('dim', '→ nothing') : `→ ${paint('green', JSON.stringify(became))}`;
}

/** The first in full, the others in a line each; the request, which rides on the first, stands above. */
function eventLines({ decision }: Tried): string[] {
  const events = decision?.is === 'conversions' ? decision.events : [];
  return events.flatMap(({ raw: _, ...event }, i) =>
    JSON.stringify(event, null, i === 0 ? 2 : 0).split('\n'),
  );
}

const colours = { kept: 'green', repeat: 'green', probe: 'green', quarantined: 'yellow', refused: 'red', 'not kept': 'red' } as const; // prettier-ignore

function outcomeLines({ result, body, decision }: Tried, paint: Paint): string[] {
  if (!result) return [paint('red', `turned away: ${body}`)];
  const events = decision?.is === 'conversions' ? `, ${decision.events.length} event${decision.events.length === 1 ? '' : 's'}` : ''; // prettier-ignore
  return [paint(colours[result.outcome], result.outcome) + events + whyOf(result, body)];
}

const cut = (text: string, most: number) => (text.length > most ? `${text.slice(0, most)}.. (${text.length} characters)` : text); // prettier-ignore
