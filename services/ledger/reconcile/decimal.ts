import { addAmounts } from '../../contract/amount.ts';
import { fraction, rounded, times } from '../payouts/fraction.ts';

/** a - b, exactly. */
export const subtractAmounts = (a: string, b: string): string => addAmounts(a, negated(b));

export const negated = (amount: string) =>
  amount === '0' ? amount : amount.startsWith('-') ? amount.slice(1) : `-${amount}`;

export const absolute = (amount: string) => amount.replace(/^-/, '');

/** Whether a is at most b; neither may be negative. */
export const isAtMost = (a: string, b: string) => !subtractAmounts(b, a).startsWith('-');

/** 1 of the last of so many decimals: `0.01` for 2. */
export const unitOf = (decimals: number) => (decimals === 0 ? '1' : `0.${'1'.padStart(decimals, '0')}`);

/** a * b, exactly. */
export const multiplyAmounts = (a: string, b: string): string =>
  rounded(times(fraction(a), fraction(b)), decimalsIn(a) + decimalsIn(b), 'down');

const decimalsIn = (amount: string) => (amount.split('.')[1] ?? '').length;
