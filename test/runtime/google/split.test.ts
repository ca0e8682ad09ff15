import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  joinEntries,
  maxEntryBytes,
  splitEntry,
  type LogEntry,
} from '../../../services/runtime/google/split.ts';

const bytes = (entry: LogEntry) => Buffer.byteLength(JSON.stringify(entry));
const shuffled = (entries: LogEntry[], seed: number) =>
  entries.map((entry, i) => [(i * 7919 + seed) % 104_729, entry] as const).sort(([a], [b]) => a - b).map(([, entry]) => entry); // prettier-ignore

describe('entries too large for Cloud Logging', () => {
  it('refuses a limit that not even the frame of a part fits', () => {
    expect(() => splitEntry({ message: 'x'.repeat(500) }, 100)).toThrow(RangeError);
  });

  it('tells of an entry of which a part is missing, and gives the parts there are', () => {
    const parts = splitEntry({ severity: 'ERROR', message: 'journal', body: 'x'.repeat(1_000) }, 500);
    parts.splice(1, 1);
    const { whole, incomplete } = joinEntries(parts);
    expect(whole).toEqual([]);
    expect(incomplete).toEqual(parts);
  });

  it('tells of an entry of which a part is damaged', () => {
    const parts = splitEntry({ message: 'journal', body: 'x'.repeat(1_000) }, 500);
    parts[1] = { ...parts[1], text: '"' };
    const { whole, incomplete } = joinEntries(parts);
    expect(whole).toEqual([]);
    expect(incomplete).toHaveLength(parts.length);
  });

  it('leaves what fits as it is', () => {
    const entry = { severity: 'INFO', message: 'small' };
    expect(splitEntry(entry)).toEqual([entry]);
    expect(joinEntries([entry])).toEqual({ whole: [entry], incomplete: [] });
  });

  it('numbers the parts, each with severity, time, labels and what it is a part of', () => {
    const labels = { 'logging.googleapis.com/labels': { service: 'postback-acme' } };
    const entry = { severity: 'ERROR', time: 'now', message: 'journal', ...labels, body: 'x'.repeat(700) };
    const parts = splitEntry(entry, 600);
    expect(parts.map(({ message }) => message)).toEqual(
      parts.map((_part, i) => `journal (part ${i + 1} of ${parts.length})`),
    );
    for (const part of parts) expect(part).toMatchObject({ severity: 'ERROR', time: 'now', ...labels });
  });

  it.each([
    ['bytes that each take six in JSON', '\0'.repeat(131_072)],
    ['quotes', '"'.repeat(131_072)],
    ['pairs of surrogates', '😀'.repeat(32_768)],
    ['halves of pairs', '\ud83d'.repeat(43_690)],
    ['a binary body in base64', Buffer.alloc(131_072, 0xff).toString('base64')],
  ])('holds a journal of a 128 kB body, whatever it is: %s', (_what, body) => {
    const entry = {
      severity: 'ERROR',
      time: new Date().toISOString(),
      message: 'journal',
      request: { body },
    };
    const parts = splitEntry(entry);
    for (const part of parts) expect(bytes(part)).toBeLessThanOrEqual(maxEntryBytes);
    expect(joinEntries(parts)).toEqual({ whole: [entry], incomplete: [] });
  });

  it('property: any entries under any limit, their parts in any order and twice, join to what they were', () => {
    const value = fc.oneof(fc.string({ unit: 'binary', maxLength: 3_000 }), fc.jsonValue());
    const entry = fc.record({ message: fc.string({ unit: 'binary' }), value, other: value });
    fc.assert(
      fc.property(
        fc.array(entry, { maxLength: 4 }),
        fc.integer({ min: 2_000, max: 5_000 }),
        fc.nat(),
        (entries, most, seed) => {
          // What a log holds has been JSON once: -0 is 0 there.
          const plain = [...new Set(entries.map((one) => JSON.stringify(one)))].map(
            (one) => JSON.parse(one) as LogEntry,
          );
          const parts = plain.flatMap((one) => splitEntry(one, most));
          for (const part of parts) expect(bytes(part)).toBeLessThanOrEqual(most);
          const twice = [...parts, ...parts.filter((part) => 'split' in part)];
          const { whole, incomplete } = joinEntries(shuffled(twice, seed));
          expect(incomplete).toEqual([]);
          const texts = (list: LogEntry[]) => list.map((one) => JSON.stringify(one)).sort();
          expect(texts(whole)).toEqual(texts(plain));
        },
      ),
    );
  });
});
