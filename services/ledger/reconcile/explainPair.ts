import type { ConversionEvent } from '../../contract/event.ts';
import { fold } from '../../contract/state.ts';
import { differenceOf, type About, type Difference, type Finding } from './difference.ts';
import { explainAmount, type Facts } from './explainAmount.ts';
import { explainDay } from './explainDay.ts';
import { healingOf } from './healing.ts';
import type { Reason } from './reasons.ts';
import { newestRow } from './rows.ts';
import { gapsBetween, type Gap } from './told.ts';
import type { Waiting } from './waiting.ts';

/** A sale that the report has: its rows of one key, and what the ledger has under that key. */
export interface Reported {
  rows: readonly ConversionEvent[];
  history: readonly ConversionEvent[];
  /** Requests for it that are in no conversion. */
  waiting: readonly Waiting[];
}

/** A sale that postback and report both tell under one key. Undefined where they say the same, and the ledger with them. */
export function explainPair({ rows, history, waiting }: Reported, about: About): Difference | undefined {
  const postbacks = history.filter(({ via }) => via === 'postback');
  const said = fold(postbacks, about.repeatWindow)!;
  const { row, clash } = newestRow(rows);
  const parts = { said: [said], reported: rows };
  if (clash) return differenceOf({ ...parts, findings: [{ reason: 'duplicate-row', open: true }] }, about);
  if (said.test && row.test && !about.isTesting) return differenceOf({ ...parts, findings: [{ reason: 'test', open: false }] }, about); // prettier-ignore
  const { event, isReportBehind, open } = healingOf(row, history, about);
  const later = waiting.filter(({ receivedAt, kind }) => kind !== 'row' && receivedAt > lastOf(postbacks));
  const earlier = history.filter(({ via }) => via === 'report');
  const facts: Facts = { said, reported: row, earlier, missed: missedOf(later), isReportBehind };
  const gaps = gapsBetween(said, row, about.zone);
  const findings = [...gaps.map((gap) => finding(gap, explain(gap, facts, about), open)), ...leftBehind(gaps, open)]; // prettier-ignore
  if (findings.length === 0) return undefined;
  const told = findings.some(({ reason }) => reason === facts.missed) ? later : [];
  const heal = findings.some(({ reason }) => reason === 'unexplained') ? undefined : event;
  return differenceOf({ ...parts, findings, waiting: told, heal }, about);
}

function explain(gap: Gap, facts: Facts, { zone }: About): Reason {
  switch (gap.field) {
    case 'status':
      return facts.isReportBehind ? 'report-behind' : (facts.missed ?? 'status-behind');
    case 'occurredAt':
      return explainDay(gap.said!, gap.reported!, zone);
    case 'publisherRef':
    case 'clickId':
      return 'publisher';
    case 'test':
      return 'test-mark';
    case 'proof':
      return 'confirmed';
    default:
      return explainAmount(gap, facts);
  }
}

const finding = ({ field, said, reported }: Gap, reason: Reason, open: readonly Gap[]): Finding => ({
  reason,
  field,
  said,
  reported,
  open: open.some((gap) => gap.field === field),
});

/** What the ledger says otherwise than postback and report, which agree: an earlier report said so. */
const leftBehind = (gaps: readonly Gap[], open: readonly Gap[]): Finding[] =>
  open
    .filter(({ field }) => !gaps.some((gap) => gap.field === field))
    .map(({ field, said, reported }) => ({ reason: 'earlier-report', field, said, reported, open: true }));

const lastOf = (events: readonly ConversionEvent[]) => events.map(({ receivedAt }) => receivedAt).sort().at(-1)!; // prettier-ignore

/** What could not be read is theirs for certain; what was refused may be a stranger's. */
export function missedOf(waiting: readonly Waiting[]): 'quarantined' | 'refused' | undefined {
  const kinds = waiting.map(({ kind }) => kind);
  return kinds.includes('quarantined') ? 'quarantined' : kinds.includes('refused') ? 'refused' : undefined;
}
