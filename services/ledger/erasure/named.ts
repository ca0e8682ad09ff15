import { z } from 'zod';
import type { ConversionEvent } from '../../contract/event.ts';

/** What a person is known by. */
export const namedBy = ['clickId', 'subId', 'order', 'address'] as const;
export const named = z.strictObject({
  by: z.enum(namedBy),
  value: z.string().min(3, 'three characters or more: a shorter one would name everybody').max(512),
});
export type Named = z.output<typeof named>;

/** Whether an event names them. An order only where the event has it as its order: its digits may stand anywhere. */
export function isNamedIn({ by, value }: Named, event: ConversionEvent): boolean {
  const { clickId, publisherRef, subIds, orderId, conversionId, extra, raw } = event;
  if (by === 'order') return [orderId, conversionId, ...Object.values(extra)].includes(value);
  return valuesIn({ clickId, publisherRef, subIds, extra, raw }).has(value);
}

/** Every value that stands in something: in parameters, in JSON within text, in lists, in a body in base64. */
export function valuesIn(value: unknown): Set<string> {
  const found = new Set<string>();
  collect(value, found, 0);
  return found;
}

/** Deeper nobody nests. */
const deepest = 12;

function collect(value: unknown, found: Set<string>, depth: number): void {
  if (depth > deepest || value === null || value === undefined) return;
  if (typeof value === 'string') return collectText(value, found, depth);
  if (typeof value !== 'object') return void found.add(JSON.stringify(value));
  if ('bodyIn' in value && 'body' in value)
    collectText(Buffer.from(String(value.body), 'base64').toString(), found, depth + 1);
  for (const inner of Object.values(value)) collect(inner, found, depth + 1);
}

function collectText(text: string, found: Set<string>, depth: number): void {
  found.add(text);
  for (const part of text.split(/[\s,;|/?<>"']+/)) found.add(part);
  const json = /^\s*[[{]/.test(text) ? parsed(text) : undefined;
  if (json !== undefined) return collect(json, found, depth + 1);
  if (text.includes('=')) for (const inner of new URLSearchParams(text).values()) if (inner !== text) collect(inner, found, depth + 1); // prettier-ignore
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** How a value may be written in a stored text, in lower case: a first, wide look that a database can take. */
export function spellings(value: string): string[] {
  const inJson = (text: string) => JSON.stringify(text).slice(1, -1);
  const encoded = encodeURIComponent(value);
  const plain = [value, encoded, encoded.replaceAll('%20', '+'), encodeURIComponent(encoded)];
  const all = plain.flatMap((text) => [inJson(text), inJson(inJson(text))]);
  return [...new Set(all.map((text) => text.toLowerCase()))];
}
