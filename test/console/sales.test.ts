import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { overview } from '../../services/console/overview.ts';
import { operate } from '../../services/ledger/operations.ts';
import { recentStories } from '../../services/ledger/queries/stories.ts';
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
const page = async () =>
  overview({ sales: await recentStories(ledger.db, 50), conversions: [], quarantined: [], refused: [] }).text.replace(/\s+/g, ' '); // prettier-ignore

it('tells the story of a sale: its events, whose it is and why, what they are owed, and where it was settled', async () => {
  const commission = { amount: '2.975', currency: 'USD' };
  const sale = (changes: object) => anEvent({ publisherRef: 'MKK-home', commission, ...changes });
  await record(ledger.db, [sale({ status: 'pending' }), sale({ status: 'approved', receivedAt: minutes(5) })], settings); // prettier-ignore
  await ask('payout-close', { publisher: 'mkk', month: '2026-11' });
  const text = await page();
  expect(text).toContain('<span class="chip approved">approved</span>');
  expect(text).toContain('mkk <span class="hint">by prefix</span>');
  for (const said of [
    '2.975 USD',
    '2.67 USD',
    '2 events',
    'pending by postback',
    'approved by postback',
    'settled in 2026-11: 2.67 USD',
  ])
    // prettier-ignore
    expect(text).toContain(said);
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
