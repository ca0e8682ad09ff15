import type { Manifest } from '../schema.ts';
import { joinParameters } from '../parameters.ts';
import type { Incoming } from '../read/request.ts';
import { isNothing } from '../read/value.ts';
import type { Leaf } from './leaves.ts';
import { isCurrencyName, isSecretName } from './names.ts';

/** Whether what was captured is no request but an address as their documentation or console writes it: with macros for values. */
export function isTemplate({ query, body }: Incoming, leaves: readonly Leaf[]): boolean {
  const told = leaves.filter(({ names }) => !names.some(isSecretName));
  const macros = told.filter(isMacro);
  return body.length === 0 && query !== '' && macros.length > 1 && macros.length * 2 > told.length;
}

const isMacro = ({ value }: Leaf) => value !== '' && isNothing(value);

/** What is pasted on their side: the parameters as they stand, without the secret, which is ours to add. */
export const pasted = ({ query }: Incoming, leaves: readonly Leaf[]): string[] =>
  query.split('&').filter((pair) => {
    const leaf = leafOf(pair, leaves);
    return leaf !== undefined && !leaf.names.some(isSecretName);
  });

const leafOf = (pair: string, leaves: readonly Leaf[]) =>
  leaves.find(({ place }) => place.replace(/^query\./, '') === pair.split('=', 1)[0]);

/** A request as that address would bring it: each macro has a value that its field could have. */
export function filledIn(request: Incoming, leaves: readonly Leaf[], { fields = {} }: Manifest): Incoming {
  const pairs = request.query.split('&').map((pair) => {
    const leaf = leafOf(pair, leaves);
    return leaf && isMacro(leaf) ? `${pair.split('=', 1)[0]}=${valueOf(leaf, fields)}` : pair;
  });
  return { ...request, query: joinParameters(pairs) };
}

function valueOf({ place, names }: Leaf, fields: NonNullable<Manifest['fields']>): string {
  if (names.some(isCurrencyName)) return 'USD';
  const { status, extra = [] } = fields;
  const reads = (value: unknown) =>
    JSON.stringify(value ?? '')
      .split(/["\s]/)
      .includes(place);
  if (reads(status?.from)) return String([status?.approved].flat()[0] ?? 'approved');
  const [, made] = samples.find(([ours]) => ours.some((field) => reads(fields[field]))) ?? [];
  if (made !== undefined) return made;
  const isMoney = extra.includes(place); // an amount without a currency: all that a proposal keeps so
  return isMoney
    ? '1.20'
    : `a-${names
        .at(-1)!
        .toLowerCase()
        .replace(/[^a-z\d]+/g, '-')}`;
}

/** What a value of some fields looks like; the first that reads a place decides. */
const samples: [ours: (keyof NonNullable<Manifest['fields']>)[], value: string][] = [
  [['publisherRef', 'subIds'], 'mkk'],
  [['commission', 'saleAmount', 'localCommission', 'localSaleAmount'], '1.20'],
  [['occurredAt', 'clickedAt', 'updatedAt'], '2026-11-23T10:00:00Z'],
  [['quantity'], '1'],
  [['conversionId'], 'T-1001'],
];
