import type { Problem } from '../load/problems.ts';

/**
 * Where what came differs from what was expected: each with its path in the expectation. Of an object only the keys that are expected
 * count, of a list all its items; leaves are compared as texts, since examples are YAML without types.
 */
export function differences(expected: unknown, actual: unknown, path: PropertyKey[] = []): Problem[] {
  if (Array.isArray(expected)) return inLists(expected, actual, path);
  if (typeof expected === 'object' && expected !== null)
    return Object.entries(expected).flatMap(([key, value]) =>
      differences(value, (actual as Record<string, unknown> | undefined)?.[key], [...path, key]),
    );
  if (String(expected) === asText(actual)) return [];
  return [{ path, message: `${nameOf(path)}: expected ${shown(expected)}, got ${shown(actual)}` }];
}

function inLists(expected: unknown[], actual: unknown, path: PropertyKey[]): Problem[] {
  const items = Array.isArray(actual) ? (actual as unknown[]) : [];
  if (items.length !== expected.length) {
    const what = expected.every((item) => typeof item !== 'object') ? `${shown(expected)}, got ${shown(items)}` : `${expected.length}, got ${items.length}`; // prettier-ignore
    return [{ path, message: `${nameOf(path)}: expected ${what}` }];
  }
  return expected.flatMap((item, i) => differences(item, items[i], [...path, i]));
}

const asText = (value: unknown) => moneyText(value) ?? (typeof value === 'object' && value !== null ? JSON.stringify(value) : String(value)); // prettier-ignore

const shown = (value: unknown) => (value === undefined ? 'nothing' : JSON.stringify(moneyText(value) ?? value)); // prettier-ignore

/** An amount may be expected as people write it, and as `try` shows it: `1.2 USD`. */
function moneyText(value: unknown): string | undefined {
  const { amount, currency, ...more } = (value ?? {}) as Record<string, unknown>;
  const isMoney =
    typeof amount === 'string' && typeof currency === 'string' && Object.keys(more).length === 0;
  return isMoney ? `${amount} ${currency}` : undefined;
}

/** `events.0.commission.amount` without the `expect` that all of them begin with. */
const nameOf = (path: PropertyKey[]) => path.filter((key, i) => i > 0 || key !== 'expect').map(String).join('.'); // prettier-ignore
