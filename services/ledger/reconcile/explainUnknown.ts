import type { ConversionEvent } from '../../contract/event.ts';
import { fold, type ConversionState } from '../../contract/state.ts';
import { differenceOf, type About, type Difference } from './difference.ts';
import type { Reason } from './reasons.ts';
import { mayBeSameSale, saysTheSame } from './same.ts';
import { isProven, isVoid } from './told.ts';
import type { Waiting } from './waiting.ts';

/** A conversion of the ledger that the report does not have under its key. */
export interface Unreported {
  history: readonly ConversionEvent[];
  /** Rows of the report that may be this sale, all of them told by other conversions. */
  relatives: readonly ConversionEvent[];
  /** Rows of the report for it that cannot be read. */
  unreadable: readonly Waiting[];
}

export function explainUnknown({ history, relatives, unreadable }: Unreported, about: About): Difference {
  const state = fold(history, about.repeatWindow)!;
  const said = fold(history.filter(({ via }) => via === 'postback'), about.repeatWindow); // prettier-ignore
  const twin = relatives.find((row) => mayBeSameSale(row, state) && saysTheSame(row, said ?? state));
  const wasReported = history.some(({ via }) => via === 'report');
  const isUncertain = !about.isComplete || unreadable.length > 0;
  const reason = reasonOf(state, { twin, wasReported, isUncertain }, about);
  return differenceOf(
    {
      said: [said ?? state],
      reported: [],
      findings: [{ reason, open: true }],
      waiting: unreadable,
      also: twin && reason === 'duplicate' ? [`the report has it once, as ${twin.key}`] : [],
    },
    about,
  );
}

interface Circumstances {
  twin: ConversionEvent | undefined;
  wasReported: boolean;
  isUncertain: boolean;
}

function reasonOf(state: ConversionState, { twin, wasReported, isUncertain }: Circumstances, about: About): Reason {
  if (state.test && !about.isTesting) return 'test';
  if (twin) return 'duplicate';
  if (isUncertain) return 'not-compared';
  if (isVoid(state)) return 'left-out';
  if (wasReported) return 'gone';
  return isProven(state) ? 'unknown' : 'unconfirmed';
} // prettier-ignore
