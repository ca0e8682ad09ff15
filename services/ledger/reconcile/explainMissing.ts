import { differenceOf, type About, type Difference } from './difference.ts';
import { missedOf, type Reported } from './explainPair.ts';
import { healingOf } from './healing.ts';
import type { Reason } from './reasons.ts';
import { newestRow } from './rows.ts';

/** A sale that the report has and no postback told. An earlier report may have told the ledger: then it is mended. */
export function explainMissing({ rows, history, waiting }: Reported, about: About): Difference {
  const { row, clash } = newestRow(rows);
  const { event, open } = healingOf(row, history, about);
  const asked = waiting.filter(({ kind }) => kind !== 'row');
  const isTest = row.test && !about.isTesting;
  const reason: Reason = isTest ? 'test' : (missedOf(asked) ?? 'never-arrived');
  const isOpen = !isTest && (history.length === 0 || open.length > 0);
  return differenceOf(
    {
      said: [],
      reported: rows,
      findings: [{ reason, open: isOpen }, ...(clash ? [{ reason: 'duplicate-row' as const, open: true }] : [])], // prettier-ignore
      waiting: asked,
      also: history.length > 0 ? ['an earlier report told the ledger'] : [],
      heal: clash || isTest ? undefined : event,
    },
    about,
  );
}
