import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { meaningOf, reasonNames, type Reason } from '../../../services/ledger/reconcile/reasons.ts';
import { engines, startTestLedger, type TestLedger } from '../../support/ledger.ts';
import { missingPostgres } from '../../support/postgres.ts';
import { asking, bring, type Found } from './asking.ts';
import { acme, makeMonth, type MadeSale } from './month.ts';

describe.each(engines)('a month with faults of every kind, on %s', (engine) => {
  const isMissing = engine === 'PostgreSQL' && missingPostgres !== undefined;
  let ledger: TestLedger;
  beforeAll(async () => {
    if (!isMissing) ledger = await startTestLedger(engine);
  });
  afterAll(() => ledger?.close());
  beforeEach(() => ledger?.reset());

  it.skipIf(isMissing).each([1, 2, 3])(
    'explains every one of them and none wrongly, heals, and is clean (seed %i)',
    async (seed) => {
      const month = makeMonth(seed, 700);
      await bring(ledger.db, month);
      const { reconcile, heal } = asking(ledger.db, acme);
      const rows = month.flatMap((sale) => sale.rows);
      const first = await reconcile(rows);
      expect(wrongOnes(month, first.found)).toEqual([]);
      expect(precisionAndRecall(month, first.found)).toEqual(Object.fromEntries(allOf(month).map((reason) => [reason, [1, 1]]))); // prettier-ignore
      const planned = await heal(first.run, true);
      expect(await reconcile(rows)).toMatchObject({ summary: first.summary });
      const healed = await heal(first.run);
      expect(healed).toEqual(planned);
      const second = await reconcile(rows);
      expect(second.found.filter(({ canHeal }) => canHeal)).toEqual([]);
      expect(openOnes(month, second.found)).toEqual([]);
      expect(second.summary.open).toBeLessThan(first.summary.open);
      expect(await heal(second.run)).toEqual([{ events: 0, statuses: [], moves: [] }]);
    },
  );

  it('has every reason at least twice, but for those of a report that is not whole', () => {
    const told = makeMonth(1, 0).flatMap(({ truth }) => truth.flat());
    const missing = reasonNames.filter((reason) => told.filter((each) => each === reason).length < 2);
    expect(missing).toEqual(['not-compared']);
  });
});

/** Which sale a difference is of. */
function saleOf(month: readonly MadeSale[], { conversions, rows }: Found): MadeSale {
  const keys = new Set([...conversions, ...rows]);
  return month.find((sale) => [...sale.events, ...sale.rows].some(({ key }) => keys.has(key)))!;
}

const reasonsOf = ({ findings }: Found) => [...new Set(findings.map(({ reason }) => reason))];

/** Sales whose differences are not those that were made, with both. */
function wrongOnes(month: readonly MadeSale[], found: readonly Found[]) {
  const bySale = Map.groupBy(found, (difference) => saleOf(month, difference));
  return month.flatMap((sale) => {
    const seen = spelt((bySale.get(sale) ?? []).map(reasonsOf));
    const made = spelt(sale.truth);
    return seen === made ? [] : [{ fault: sale.fault, made, seen, evidence: bySale.get(sale)?.map(({ evidence }) => evidence) }]; // prettier-ignore
  });
}

const spelt = (differences: readonly Reason[][]) =>
  differences
    .map((reasons) => [...reasons].sort().join(' & '))
    .sort()
    .join(' | ');

const allOf = (month: readonly MadeSale[]) => [...new Set(month.flatMap(({ truth }) => truth.flat()))].sort();

/** By reason: how many of those found are true, and how many of the true ones are found. */
function precisionAndRecall(month: readonly MadeSale[], found: readonly Found[]) {
  const seen = found.flatMap((difference) => reasonsOf(difference).map((reason) => ({ reason, sale: saleOf(month, difference) }))); // prettier-ignore
  return Object.fromEntries(
    allOf(month).map((reason) => {
      const of = seen.filter((each) => each.reason === reason);
      const right = of.filter(({ sale }) => sale.truth.flat().includes(reason)).length;
      const made = month.flatMap(({ truth }) => truth.flat()).filter((each) => each === reason).length;
      return [reason, [right / of.length, right / made]];
    }),
  );
}

/** What is open after healing that healing covers. */
const openOnes = (month: readonly MadeSale[], found: readonly Found[]) =>
  found
    .filter((difference) => saleOf(month, difference).heals)
    .filter(({ findings }) => findings.some(({ open, reason }) => open && meaningOf(reason).heals))
    .map((difference) => ({ fault: saleOf(month, difference).fault, ...difference }));
