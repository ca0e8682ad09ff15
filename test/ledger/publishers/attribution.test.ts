import { describe, expect, it, test } from 'vitest';
import { fold } from '../../../services/contract/state.ts';
import { compileAttribution, type AttributionRule } from '../../../services/ledger/publishers/attribution.ts';
import { anEvent } from '../../support/events.ts';

let next = 1;
const rule = (
  kind: AttributionRule['kind'],
  value: string,
  publisher: string,
  more: Partial<AttributionRule> = {},
) => ({
  ...{ id: next++, publisher, kind, value, partner: null, priority: 0, since: null, until: null },
  ...more,
});
const find = (rules: AttributionRule[], changes: Parameters<typeof anEvent>[0], clickOwner?: string) => {
  const { publisher, by } = compileAttribution(rules).attribute(fold([anEvent(changes)], 0)!, clickOwner);
  return `${publisher} by ${by}`;
};

describe('who earned it', () => {
  const rules = [
    rule('offer', 'o1', 'tecdo'),
    rule('prefix', 'MKK', 'mkk'),
    rule('pattern', '*-WA-*', 'cary'),
    rule('exact', 'MKK-home', 'garalex'),
  ];
  test.each([
    ['the click id, whatever else came', { publisherRef: 'MKK-home' }, 'pandas', 'pandas by click'],
    ['then an exact sub id', { publisherRef: 'MKK-home' }, undefined, 'garalex by exact'],
    ['in any slot', { subIds: ['', 'MKK-home'] }, undefined, 'garalex by exact'],
    ['then a prefix', { publisherRef: 'MKK-x' }, undefined, 'mkk by prefix'],
    ['or a pattern', { publisherRef: '111-WA-ABC' }, undefined, 'cary by pattern'],
    ["then the offer's default", { publisherRef: 'x', offer: { id: 'o1' } }, undefined, 'tecdo by offer'],
    ['then ourselves', { publisherRef: 'x' }, undefined, 'house by house'],
    ['and nothing that came empty', {}, undefined, 'house by house'],
  ])('is told by %s', (_, changes, click, expected) => {
    expect(find(rules, changes, click)).toBe(expected);
  });
});

describe('rules that both fit', () => {
  const changes = { publisherRef: 'OEM2_VIVO_PUSH' };
  it('count by priority, then the longer, then the older', () => {
    const long = rule('prefix', 'OEM2_VIVO', 'b');
    const short = rule('prefix', 'OEM2', 'a');
    const high = rule('pattern', '*PUSH', 'c', { priority: 5 });
    expect(find([short, long], changes)).toBe('b by prefix');
    expect(find([short, long, high], changes)).toBe('c by pattern');
    expect(find([rule('prefix', 'OEM3', 'x'), rule('prefix', 'OEM2', 'y'), rule('prefix', 'OEM2', 'z')], changes)).toBe('y by prefix'); // prettier-ignore
  });
});

describe('a rule', () => {
  it('counts for its partner and its days only', () => {
    const one = [rule('exact', 'a', 'mkk', { partner: 'acme', since: '2026-11-01', until: '2026-11-30' })];
    const on = (day: string, more = {}) => find(one, { publisherRef: 'a', occurredAt: `${day}T12:00:00.000Z`, ...more }); // prettier-ignore
    expect([on('2026-11-01'), on('2026-11-30')]).toEqual(['mkk by exact', 'mkk by exact']);
    expect([on('2026-10-31'), on('2026-12-01')]).toEqual(['house by house', 'house by house']);
    expect(on('2026-11-15', { partner: 'other' })).toBe('house by house');
  });

  test.each([
    ['a*b', 'ab', true],
    ['a*b', 'axxb', true],
    ['a*b', 'a', false],
    ['a*a', 'a', false],
    ['*mid*', 'xmidy', true],
    ['*m*m*', 'm', false],
    ['a.c', 'abc', false],
    ['(x+)+*', 'xxxx', false],
  ])('of the pattern %s meets %s: %s', (pattern, text, meets) => {
    expect(find([rule('pattern', pattern, 'p')], { publisherRef: text })).toBe(
      meets ? 'p by pattern' : 'house by house',
    );
  });

  it('of a pattern that would keep a regular expression busy for years is answered', () => {
    const hard = rule('pattern', `${'*a'.repeat(255)}*c`, 'p');
    expect(find([hard], { publisherRef: `${'a'.repeat(20_000)}b` })).toBe('house by house');
    expect(find([hard], { publisherRef: `${'a'.repeat(20_000)}c` })).toBe('p by pattern');
  });
});
