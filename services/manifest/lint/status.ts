import type { Problem } from '../load/problems.ts';
import { statusEntries } from '../read/statuses.ts';
import type { Manifest } from '../schema.ts';

/** Sales are taken back everywhere; a manifest that has no word for it will quarantine the day it happens, or never hear of it. */
export function lintStatus({ fields, variants = [] }: Manifest): Problem[] {
  const own = variants.map((variant, i) => ({ status: variant.fields.status, path: ['variants', i, 'fields', 'status'] })); // prettier-ignore
  const all = [{ status: fields?.status, path: ['fields', 'status'] as PropertyKey[] }, ...own];
  const isToldApart = all.some(({ status }) => onlyTakesBack(status));
  return all.flatMap(({ status, path }) => {
    if (status === undefined) return [];
    if (status.from === undefined)
      return [{ path, message: `every sale is ${status.default} for ever, since no status is read: add "from" and their words, or reconcile with their report` }]; // prettier-ignore
    const meanings = new Set(statusEntries(status).map(([, ours]) => ours));
    return isToldApart || takingBack.some((ours) => meanings.has(ours))
      ? []
      : [{ path, message: 'no word of theirs takes a sale back: put it under "rejected" or "reversed" (a partial refund under "adjusted")' }]; // prettier-ignore
  }); // prettier-ignore
}

const takingBack = ['rejected', 'reversed', 'adjusted'] as const;

/** A variant of its own for refunds: the others need no word for one. */
function onlyTakesBack(status: NonNullable<Manifest['fields']>['status']): boolean {
  const meanings = statusEntries(status ?? {}).map(([, ours]) => ours);
  return takingBack.some((ours) => meanings.includes(ours)) && !meanings.some((ours) => ['pending', 'approved', 'paid', 'on_hold'].includes(ours)); // prettier-ignore
}
