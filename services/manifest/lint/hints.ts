import type { Problem } from '../load/problems.ts';
import type { Manifest } from '../schema.ts';

/** Paying what nothing proves is a decision about money, so that whoever reads the check must meet it. */
export function lintHints({ hints, verify }: Manifest): Problem[] {
  if (hints !== 'paid') return [];
  const none = [verify].flat().find((block) => block.none !== undefined);
  const who = none
    ? `whoever knows the address can book sales that are paid, until ${none.until}`
    : 'every request is verified here, so this pays only refused ones that a person releases';
  return [{ path: ['hints'], message: `${who}; they are taken back only when a report denies them. "held" waits for the report` }]; // prettier-ignore
}
