import type { ConversionState } from '../../contract/state.ts';

/** Ourselves as publisher: who earns what nobody else can claim. */
export const house = 'house';

/** How a rule recognises a publisher. */
export const ruleKinds = ['exact', 'prefix', 'pattern', 'offer'] as const;
export type RuleKind = (typeof ruleKinds)[number];

/** What names a publisher: a sub id, how one begins, a pattern with `*`, or an offer whose default they are. */
export interface AttributionRule {
  id: number;
  publisher: string;
  kind: RuleKind;
  value: string;
  /** Of this partner's conversions only; null: of any. */
  partner: string | null;
  /** Among prefixes and patterns the highest counts. */
  priority: number;
  /** First and last day (UTC, yyyy-mm-dd) of sales that it counts for; null: no end. */
  since: string | null;
  until: string | null;
}

export interface Attribution {
  publisher: string;
  by: 'click' | RuleKind | 'house';
  rule: number | null;
}

export interface Attributor {
  attribute(state: ConversionState, clickOwner: string | undefined): Attribution;
}

/**
 * Compiles the rules. Who earned a conversion: its click id looked up, then an exact sub id, then a prefix or pattern (the highest
 * priority; where two tie, the longer value, then the older rule), then the offer's default, then the house account.
 */
export function compileAttribution(rules: readonly AttributionRule[]): Attributor {
  const ranked = [...rules].sort(byRank).map((rule) => ({ rule, matches: matcher(rule) }));
  return {
    attribute(state, clickOwner) {
      if (clickOwner !== undefined) return { publisher: clickOwner, by: 'click', rule: null };
      const names = [state.publisherRef, ...state.subIds].filter((name) => name !== undefined && name !== '');
      const day = (state.occurredAt ?? state.receivedAt).slice(0, 10);
      const found = ranked.find(({ rule, matches }) => applies(rule, state.partner, day) && matches(names as string[], state)); // prettier-ignore
      if (!found) return { publisher: house, by: 'house', rule: null };
      const { publisher, kind, id } = found.rule;
      return { publisher, by: kind, rule: id };
    },
  };
}

const rank: Record<RuleKind, number> = { exact: 0, prefix: 1, pattern: 1, offer: 2 };

const byRank = (a: AttributionRule, b: AttributionRule) =>
  rank[a.kind] - rank[b.kind] || b.priority - a.priority || b.value.length - a.value.length || a.id - b.id;

const applies = ({ partner, since, until }: AttributionRule, of: string, day: string) =>
  (partner === null || partner === of) &&
  (since === null || day >= since) &&
  (until === null || day <= until);

type Matches = (names: readonly string[], state: ConversionState) => boolean;

function matcher({ kind, value }: AttributionRule): Matches {
  switch (kind) {
    case 'exact':
      return (names) => names.includes(value);
    case 'prefix':
      return (names) => names.some((name) => name.startsWith(value));
    case 'pattern': {
      const parts = value.split('*');
      return (names) => names.some((name) => fits(name, parts));
    }
    case 'offer':
      return (_names, { offer }) => offer?.id === value;
  }
}

/** Whether a text is these parts with anything between them. No regular expression: a rule is anybody's text. */
function fits(text: string, parts: readonly string[]): boolean {
  const first = parts[0] ?? '';
  const last = parts.at(-1) ?? '';
  if (parts.length === 1) return text === first;
  if (text.length < first.length + last.length || !text.startsWith(first) || !text.endsWith(last))
    return false;
  let at = first.length;
  for (const part of parts.slice(1, -1)) {
    const found = text.indexOf(part, at);
    if (found < 0) return false;
    at = found + part.length;
  }
  return at <= text.length - last.length;
}
