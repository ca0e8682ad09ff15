import type { Zone } from 'luxon';
import type { ConversionEvent } from '../../contract/event.ts';
import type { ConversionState } from '../../contract/state.ts';
import { stakesOf, type Stake } from './owed.ts';
import { dayOfSale } from './period.ts';
import { reasonNames, type Reason } from './reasons.ts';
import { shown, type Field } from './told.ts';
import type { Waiting } from './waiting.ts';

/** What comparing needs to know beside the sale. */
export interface About {
  /** The partner's: days are cut in it. */
  zone: Zone;
  /** Milliseconds in which the same report is a late retry. */
  repeatWindow: number;
  /** A partner of stage test: all is a test, and compared as if it were not. */
  isTesting?: boolean;
  /** Whether the report was read to its end. */
  isComplete: boolean;
}

/** One reason, and what was said of what. */
export interface Finding {
  reason: Reason;
  field?: Field;
  said?: string | null;
  reported?: string | null;
  /** Whether the ledger, too, still says otherwise than the report. */
  open: boolean;
}

/** One sale of which postbacks and report do not say the same, why, and what it is about. */
export interface Difference {
  /** Keys of conversions of the ledger, and of rows of the report. */
  conversions: string[];
  rows: string[];
  /** In the partner's zone, as the report says it: yyyy-mm-dd. */
  day: string;
  /** The weightiest first. */
  findings: Finding[];
  /** What each side said, and when; what else is known of it. */
  evidence: string[];
  /** What the report says less what postbacks said. */
  stakes: Stake[];
  /** What is published to heal it. */
  heal?: ConversionEvent;
}

interface Parts {
  said: readonly ConversionState[];
  reported: readonly ConversionState[];
  findings: Finding[];
  waiting?: readonly Waiting[];
  also?: readonly string[];
  heal?: ConversionEvent | undefined;
}

export function differenceOf({ said, reported, findings, waiting = [], also = [], heal }: Parts, { zone }: About): Difference {
  const rank = ({ reason }: Finding) => reasonNames.indexOf(reason);
  return {
    conversions: [...new Set(said.map(({ key }) => key))],
    rows: [...new Set(reported.map(({ key }) => key))],
    day: dayOfSale(reported[0] ?? said[0]!, zone),
    findings: [...findings].sort((a, b) => rank(a) - rank(b)),
    evidence: [
      ...said.map((state) => `${state.via} ${state.receivedAt}: ${words(state)}`),
      ...reported.map((row) => `report: ${words(row)}`),
      ...waiting.map(({ kind, receivedAt, why, id }) => `${kind} ${receivedAt}: ${why} (${id})`),
      ...also,
    ],
    stakes: stakesOf(said, reported),
    ...(heal && { heal }),
  };
} // prettier-ignore

/** A state in one line, for people. */
function words(state: ConversionState): string {
  const sale = state.saleAmount ?? state.localSaleAmount;
  const commission = state.commission ?? state.localCommission;
  return [
    state.status,
    ...(sale ? [`sale ${shown(sale)}`] : []),
    ...(commission ? [`commission ${shown(commission)}`] : []),
    ...(state.occurredAt === undefined ? [] : [`made ${state.occurredAt}`]),
    ...(state.updatedAt === undefined ? [] : [`changed ${state.updatedAt}`]),
    ...(state.test ? ['test'] : []),
    ...(state.verified ? [] : ['hint']),
  ].join(', ');
}
