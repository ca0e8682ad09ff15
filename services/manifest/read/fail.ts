import type { Minus } from '../../contract/amount.ts';
import type { Reason } from '../../contract/records.ts';
import type { Scope } from './scope.ts';

/** Reads one field of a conversion: its value, undefined if it may be missing and is, or why it cannot be read. `minus`: see amount.ts. */
export type Reader<T> = (scope: Scope, minus?: Minus) => { value: T | undefined } | { reason: Reason };

/** `value` is masked before: a secret that was cut in two would not be found. */
export function fail(field: string, why: string, value?: string): { reason: Reason } {
  const shown = value?.slice(0, 200).toWellFormed().replaceAll('\u0000', '\uFFFD');
  return { reason: { field, why, ...(shown !== undefined && { value: shown }) } };
}
