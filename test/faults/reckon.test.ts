import { describe, expect, it } from 'vitest';
import { splitEntry } from '../../services/runtime/google/split.ts';
import type { Sent } from './book.ts';
import { reckon, type Evidence } from './reckon.ts';

/** The judge of the faults is judged itself: each broken promise must be seen, and a kept one not be blamed. */
const sale = (changes: Partial<Sent> = {}): Sent => ({
  id: 'sale-1',
  method: 'GET',
  query: 'token=***&id=sale-1',
  body: '',
  lines: 1,
  may: [200],
  told: [200],
  calm: true,
  ...changes,
});
const message = (id = 'sale-1', lineId?: string) => JSON.stringify({ conversionId: id, lineId });
const journal = (changes = {}) => ({
  message: 'journal',
  request: { method: 'GET', query: 'token=***&id=sale-1', ...changes },
});
const lineOf = (entry: object) => `${JSON.stringify(entry)}\n`;

interface Case {
  sent?: Sent;
  conversions?: string[];
  quarantine?: string[];
  printed?: string;
  killed?: boolean;
  exactly?: boolean;
}

function problemsOf({ sent = sale(), conversions = [], quarantine = [], printed = '', ...rest }: Case) {
  const evidence: Evidence = {
    sent: new Map([[sent.id, sent]]),
    found: { conversions, quarantine, refused: [] },
    lives: [{ printed, killed: rest.killed ?? false }],
    secrets: ['hush'],
    exactly: rest.exactly ?? true,
  };
  return reckon(evidence).problems;
}

describe('sees', () => {
  const cases: [string, Case, string][] = [
    ['a 200 that is in no topic', {}, 'LOST'],
    ['a 202 that is in another topic', { sent: sale({ told: [202], may: [202] }), conversions: [message()] }, 'LOST'],
    ['a part of a request', { sent: sale({ lines: 2 }), conversions: [message('sale-1', '1')] }, '1 of 2'],
    ['a part of a request that was not kept', { sent: sale({ lines: 2, told: ['nothing'] }), conversions: [message('sale-1', '1')] }, 'holds 1 of 2'],
    ['what nobody sent', { conversions: [message(), message('sale-2')] }, 'nobody sent'],
    ['what was turned away and is there', { sent: sale({ told: [400], may: [400] }), conversions: [message()] }, 'answered 400'],
    ['an answer that may not be', { sent: sale({ told: [401, 200] }), conversions: [message()] }, 'was answered 401'],
    ['twice, though all was calm', { conversions: [message(), message()] }, '2 times'],
    ['a 503 without a journal', { sent: sale({ told: [503, 200] }), conversions: [message()] }, 'in the journal 0 times'],
    ['a journal of what was kept', { conversions: [message()], printed: lineOf(journal()) }, 'in the journal 1 times'],
    ['a journal without the query', { sent: sale({ told: [503] }), printed: lineOf(journal({ query: 'id=sale-1' })) }, 'not whole'],
    ['a journal without the body', { sent: sale({ told: [503], body: 'all of it' }), printed: lineOf(journal()) }, 'not whole'],
    ['a line that is not JSON', { conversions: [message()], printed: 'Error: at line 5\n' }, 'not JSON'],
    ['half a line of a process that ended in order', { conversions: [message()], printed: '{"message":' }, 'not JSON'],
    ['a secret in the log', { conversions: [message()], printed: lineOf({ why: 'hush' }) }, 'in the log'],
    ['a secret in a message', { conversions: [JSON.stringify({ conversionId: 'sale-1', raw: 'hush' })] }, 'in a message'],
  ]; // prettier-ignore
  it.each(cases)('%s', (_, evidence, sentence) => {
    expect(problemsOf(evidence).join('\n')).toContain(sentence);
  });

  it('a missing part of a line that was split', () => {
    const parts = splitEntry(journal({ body: 'x'.repeat(2_000) }), 1_000).slice(1);
    const printed = parts.map(lineOf).join('');
    expect(problemsOf({ conversions: [message()], printed }).join('\n')).toContain('a part of a line');
  });
});

describe('does not blame', () => {
  const cases: [string, Case][] = [
    ['a sale that is kept', { conversions: [message()] }],
    ['several lines of one', { sent: sale({ lines: 2 }), conversions: [message('sale-1', '1'), message('sale-1', '2')] }],
    ['one that is there though its sender was told 503', { sent: sale({ told: [503] }), conversions: [message()], printed: lineOf(journal()) }],
    ['one that is there though its sender was told nothing', { sent: sale({ told: ['nothing'] }), conversions: [message()] }],
    ['one that is not there, as its sender was told', { sent: sale({ told: [503] }), printed: lineOf(journal()) }],
    ['twice, in a storm', { sent: sale({ calm: false }), conversions: [message(), message()] }],
    ['twice, after a 503', { sent: sale({ told: [503, 200] }), conversions: [message(), message()], printed: lineOf(journal()) }],
    ['twice, where a message may be found twice', { conversions: [message(), message()], exactly: false }],
    ['half a line of a killed process', { conversions: [message()], printed: '{"message":', killed: true }],
    ['a quarantined one', { sent: sale({ told: [202], may: [202] }), quarantine: ['{"raw":{"query":"id=sale-1"}}'] }],
  ]; // prettier-ignore
  it.each(cases)('%s', (_, evidence) => {
    expect(problemsOf(evidence)).toEqual([]);
  });

  it('a journal line that was split', () => {
    const body = '"'.repeat(2_000);
    const printed = splitEntry(journal({ body }), 1_000).map(lineOf).join(''); // prettier-ignore
    expect(problemsOf({ sent: sale({ told: [503], body }), printed })).toEqual([]);
  });
});
