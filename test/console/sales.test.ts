import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { overview } from '../../services/console/overview.ts';
import { operate } from '../../services/ledger/operations.ts';
import { enqueueDeliveries } from '../../services/ledger/outbound/enqueue.ts';
import { recentStories } from '../../services/ledger/queries/stories.ts';
import { sums, type Sums } from '../../services/ledger/queries/sums.ts';
import { record } from '../../services/ledger/record.ts';
import { sampleBook } from '../../services/ledger/sample.ts';
import { anEvent, minutes } from '../support/events.ts';
import { startTestLedger, type TestLedger } from '../support/ledger.ts';

const settings = { repeatWindow: () => 3_600_000, paysUnverified: () => false };
let ledger: TestLedger;
beforeAll(async () => (ledger = await startTestLedger()));
afterAll(() => ledger.close());
beforeEach(async () => {
  await ledger.reset();
  await ask('import', { book: sampleBook });
});

const ask = (name: string, args: object) =>
  operate(
    {
      db: ledger.db,
      partners: [],
      liveSecrets: () => () => [],
      settings,
      who: 'ann',
      now: new Date('2027-01-05'),
    },
    name,
    args,
  );
const page = async (earned?: Sums[]) =>
  overview({ sums: earned, sales: await recentStories(ledger.db, 50), conversions: [], quarantined: [], refused: [] }).text.replace(/\s+/g, ' '); // prettier-ignore

it('tells the story of a sale: its events, whose it is and why, what they are owed, and where it was settled', async () => {
  const commission = { amount: '2.975', currency: 'USD' };
  await ask('postback-set', { publisher: 'mkk', url: 'https://p.example/{clickId}' });
  const sale = (changes: object) => anEvent({ publisherRef: 'MKK-home', commission, ...changes });
  await record(ledger.db, [sale({ status: 'pending' }), sale({ status: 'approved', receivedAt: minutes(5) })], settings, enqueueDeliveries); // prettier-ignore
  await ask('payout-close', { publisher: 'mkk', month: '2026-11' });
  const text = await page();
  expect(text).toContain('<span class="chip approved">approved</span>');
  expect(text).toContain('mkk <span class="hint">by prefix (rule 1)</span>');
  for (const said of [
    '2.975 USD',
    '2.67 USD',
    '0.305 USD',
    'owed 2.67 USD',
    'postback "approved" to mkk: waiting',
    '2 events',
    'pending by postback',
    'approved by postback',
    'settled in 2026-11: 2.67 USD',
  ])
    // prettier-ignore
    expect(text).toContain(said);
});

it('says what is earned, each currency for itself, and at what rate', async () => {
  await ask('publisher-set', { id: 'mkk', payIn: 'USD' });
  await ask('rate-set', {
    rates: [{ from: 'USD', to: 'IDR', day: '2026-11-24', rate: '16250', source: 'bank' }],
  });
  const sale = (id: string, currency: string, amount: string) => anEvent({ conversionId: id, publisherRef: 'MKK-1', commission: { amount, currency } }); // prettier-ignore
  await record(
    ledger.db,
    [sale('1', 'USD', '10'), sale('2', 'IDR', '50001'), sale('3', 'MYR', '7')],
    settings,
  );
  const earned = await sums(ledger.db);
  expect(earned).toEqual([
    {
      currency: 'IDR',
      conversions: 1,
      commission: '50001',
      cost: '44850',
      payouts: ['USD 2.76'],
      margin: '5151',
    },
    { currency: 'USD', conversions: 1, commission: '10', cost: '9', payouts: ['USD 9'], margin: '1' },
  ]);
  const text = await page(earned);
  expect(text).toContain('<td class="" data-head="Margin">5151</td>');
  expect(text).toContain('owed 2.76 USD, at USD→IDR 16250 of 2026-11-24, bank');
  expect(text).toContain('held: no rate for MYR→USD on 2026-11-24');
});

it('says why nothing is owed yet', async () => {
  await record(ledger.db, [anEvent({ status: 'approved', verified: false, publisherRef: 'MKK-1', commission: { amount: '1', currency: 'USD' } })], settings); // prettier-ignore
  expect(await page()).toContain('held: unverified: a report must confirm it');
});

it('lets nothing that was sent become HTML', async () => {
  const evil = '<img src=x onerror=alert(1)>';
  await record(ledger.db, [anEvent({ conversionId: evil, lineId: evil, partner: evil })], settings);
  expect(await page()).not.toContain('<img');
});

it('says what would be here, where nothing is', async () => {
  expect(await page()).toContain('Each conversion would be here once');
});
