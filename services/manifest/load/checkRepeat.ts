import { allReferences, parseExpression } from '../expression.ts';
import { distinctReader } from '../read/reader.ts';
import { variantsOf } from '../read/reading.ts';
import type { Fields, Manifest } from '../schema.ts';
import { attempt } from './attempt.ts';
import type { PlaceCheck } from './places.ts';
import type { Problem } from './problems.ts';

/**
 * Where amounts are added to those known, something must tell a second change from a retry of the first: else every retry would be paid,
 * or every second refund lost.
 */
export function checkRepeat(manifest: Manifest, checkPlaces: PlaceCheck): Problem[] {
  const { repeat } = manifest;
  const adjusted = adjustedPaths(manifest);
  if (repeat?.amounts === 'add' || adjusted.length > 0) {
    const totals = lessPaths(manifest);
    if (totals.length > 0)
      return totals.map((path) => ({ path, message: `${path.join('.')}: takes off a sum of all refunds so far, and here each refund is added by itself: take one of both` })); // prettier-ignore
  }
  if (repeat?.distinct === undefined) {
    const needy = repeat?.amounts === 'add' ? [['repeat', 'amounts'], ...adjusted] : adjusted;
    return needy.map((path) => ({
      path,
      message: `${path.join('.')}: what is added must be told from a retry: name their id of the change under repeat.distinct`,
    }));
  }
  const path = ['repeat', 'distinct'];
  if (repeat.amounts !== 'add' && adjusted.length === 0)
    return [{ path, message: 'repeat.distinct: nothing is added here; it goes with "amounts: add" or with words under "adjusted"' }]; // prettier-ignore
  const { distinct } = repeat;
  return attempt(path, () => {
    distinctReader(distinct);
    checkPlaces(parseExpression(distinct));
    assertOwn(distinct, manifest);
  }, 'repeat.distinct: '); // prettier-ignore
}

function adjustedPaths({ fields, variants = [] }: Manifest): PropertyKey[][] {
  const own = variants.flatMap((variant, i) =>
    variant.fields.status?.adjusted === undefined ? [] : [['variants', i, 'fields', 'status', 'adjusted']],
  );
  return fields?.status?.adjusted === undefined ? own : [['fields', 'status', 'adjusted'], ...own];
}

/** Amounts off which a sum is taken, as they stand in the manifest. */
function lessPaths({ fields = {}, variants = [] }: Manifest): PropertyKey[][] {
  const sets = [{ path: ['fields'] as PropertyKey[], fields }, ...variants.map((variant, i) => ({ path: ['variants', i, 'fields'], fields: variant.fields }))]; // prettier-ignore
  return sets.flatMap(({ path, fields: own }) =>
    Object.entries(own).flatMap(([name, value]) =>
      typeof value === 'object' && 'less' in value && value.less !== undefined
        ? [[...path, name, 'less']]
        : [],
    ),
  );
}

/**
 * Where something is added, the sale's own id is the same for all its changes: only the first of them would ever count. A variant that
 * adds nothing may have it: the id of a refund and that of a sale can stand at one place.
 */
function assertOwn(distinct: string, manifest: Manifest): void {
  const adds = ({ status }: Fields) => manifest.repeat?.amounts === 'add' || status?.adjusted !== undefined;
  const ids = variantsOf(manifest).flatMap(({ fields }) => (adds(fields) ? (fields.conversionId ?? []) : []));
  const isId = (id: (typeof ids)[number]) =>
    nameOf(typeof id === 'string' ? id : id.from) === nameOf(distinct);
  if (ids.some(isId))
    throw new SyntaxError(`"${distinct}" is the sale's own id, the same for all its changes`);
}

const nameOf = (place: string) => allReferences(parseExpression(place)).map(({ name }) => name).join(); // prettier-ignore
