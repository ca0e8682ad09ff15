import { readAmount, type Writing } from '../../contract/amount.ts';
import { readCurrency } from '../../contract/money.ts';
import { readTime, zoneOf } from '../../contract/time.ts';
import type { Status } from '../../contract/status.ts';
import { isNothing } from '../read/value.ts';
import { foldWord } from '../read/statuses.ts';

/** What a value looks like tells whether its name may be believed. Nothing at all, or a macro, contradicts no name. */
export const looksLikeMoney = (value: string) => isNothing(value) || (/\d/.test(value) && !/[A-Za-z]{4,}|:/.test(value) && value.length <= 30); // prettier-ignore
export const looksLikeTime = (value: string) => isNothing(value) || timeWriting(value) !== undefined;
export const looksLikeCurrency = (value: string) => isNothing(value) || readCurrency(value).ok;
export const looksLikeId = (value: string) => isNothing(value) || (/^\S{1,200}$/.test(value) && !['true', 'false'].includes(value)); // prettier-ignore
export const looksLikeText = () => true;

/** How an amount is written: undefined for a plain decimal. `unsure` where it could mean two things. */
export function moneyWriting(value: string, currency: string): { as?: Writing; unsure?: boolean } {
  const options = { minus: 'kept' } as const;
  if (isNothing(value) || readAmount(value, currency, options).ok) return {};
  return readAmount(value, currency, { ...options, as: 'local' }).ok ? { as: 'local' } : { unsure: true };
}

/** Patterns that occur in postbacks; where a day could be a month, the day first. */
const patterns = ['dd/MM/yyyy', 'MM/dd/yyyy', 'dd-MM-yyyy', 'dd.MM.yyyy', 'yyyy/MM/dd', 'yyyyMMdd', 'MMM d, yyyy', 'd MMM yyyy']; // prettier-ignore
const clocks = ['', ' HH:mm:ss', ' HH:mm', ' hh:mm a', ' hh:mm:ss a'];
const allPatterns = ['yyyyMMddHHmmss', ...patterns.flatMap((day) => clocks.map((clock) => day + clock))];

export interface TimeWriting {
  as?: string;
  /** It names no zone, so that one has to be assumed. */
  needsZone: boolean;
  /** Another reading of the same text, where day and month could be swapped. */
  or?: string;
}

/** How a time is written, or undefined for what is none. */
export function timeWriting(value: string): TimeWriting | undefined {
  const utc = zoneOf('UTC')!;
  if (readTime(value).ok) return { needsZone: false };
  if (readTime(value, utc).ok) return { needsZone: true };
  const [as, or] = allPatterns.filter((pattern) => readTime(value, utc, pattern).ok);
  return as === undefined ? undefined : { as, needsZone: true, ...(or !== undefined && { or }) };
}

/** Words for a status that mean the same everywhere. */
const words: Partial<Record<Status, string>> = {
  pending: 'pending new open created waiting processing unconfirmed tentative',
  approved: 'approved confirmed accepted valid validated completed complete success successful sale locked',
  rejected: 'rejected declined invalid cancelled canceled void voided denied failed',
  reversed: 'reversed reversal refunded refund returned chargeback',
  paid: 'paid settled',
  on_hold: 'hold onhold frozen',
};
const meanings = new Map(Object.entries(words).flatMap(([ours, theirs]) => theirs.split(' ').map((word) => [word, ours as Status]))); // prettier-ignore

/** What a word of theirs most likely means: `Approved`, or `sale.approved` by its last part. */
export function statusMeaning(word: string): Status | undefined {
  const whole = meanings.get(foldWord(word).replaceAll(' ', ''));
  return whole ?? meanings.get(foldWord(word.split(/[.:/_-]/).at(-1)!));
}

/** A status may be a word or a short code; an address or a sentence is none. */
export const looksLikeStatus = (value: string) => isNothing(value) || /^[\w .:-]{1,40}$/.test(value);
