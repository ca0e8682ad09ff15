import type { Summary } from '../../ledger/reconcile/summary.ts';
import { wrongUse } from '../failure.ts';

/** A number of sales, or a share of those compared. */
export type Limit = { sales: number } | { percent: number };

/** Throws, for the user, what is neither `20` nor `1%`. */
export function readLimit(text: string): Limit {
  const [, digits, percent] = /^(\d{1,9}(?:\.\d{1,3})?)(%?)$/.exec(text) ?? [];
  if (
    digits === undefined ||
    (percent === '' && digits.includes('.')) ||
    (percent === '%' && Number(digits) > 100)
  )
    // prettier-ignore
    throw wrongUse(`"${text}" is no limit: write a number of sales (20) or a share of them (1%)`);
  return percent === '%' ? { percent: Number(digits) } : { sales: Number(digits) };
}

export interface Limits {
  /** Of those that differ and are not healed, or that nobody can explain. */
  threshold: Limit;
  /** Of those that no postback told, healed or not: that reports bring them does not mend a postback that has stopped. */
  untold: Limit;
}

/** What is past its limit, in a sentence each. */
export function pastLimits({ compared, open, unexplained, untold }: Summary, limits: Limits): string[] {
  const past = [
    { many: open, most: mostOf(limits.threshold, compared), what: `differ and are not healed (${unexplained} unexplained)` }, // prettier-ignore
    { many: untold, most: mostOf(limits.untold, compared), what: 'were told by no postback' },
  ];
  return past.filter(({ many, most }) => many > most).map(({ many, most, what }) => `${many} of ${compared} sales ${what}; at most ${most} may`); // prettier-ignore
}

const mostOf = (limit: Limit, compared: number) =>
  'sales' in limit ? limit.sales : Math.floor((limit.percent * compared) / 100);
