import { afterAll, afterEach, beforeAll, beforeEach, describe } from 'vitest';
import type { Ledger } from '../../../services/ledger/tables.ts';
import { engines, startTestLedger, type TestLedger } from '../../support/ledger.ts';
import { missingPostgres } from '../../support/postgres.ts';
import { around } from './setup.ts';
import { ok, startStandIn, type StandIn } from './standin.ts';

/** What the stand-in is asked for: `url` + this. */
export const path = '/?c={clickId}&s={status}&p={payout}{payoutCurrency}&id={deliveryId}';

/** Tests on both engines, each in an empty ledger whose publisher mkk is a stand-in; cary has no postback yet. */
export function describeDeliveries(name: string, tests: (given: Given) => void): void {
  describe.each(engines)('on %s', (engine) => {
    describe.skipIf(engine === 'PostgreSQL' && missingPostgres)(name, () => tests(give(engine)));
  });
}

type Given = ReturnType<typeof give>;

function give(engine: (typeof engines)[number]) {
  let ledger: TestLedger;
  let standIn: StandIn;
  const at = around((): Ledger => ledger.db);
  beforeAll(async () => {
    ledger = await startTestLedger(engine);
    standIn = await startStandIn();
  });
  afterAll(async () => {
    await ledger?.close();
    await standIn?.stop();
  });
  beforeEach(async () => {
    await ledger.reset();
    standIn.received.length = 0;
    standIn.answers(ok);
    await at.publishers();
    await at.ask('postback-set', { publisher: 'mkk', url: standIn.url + path });
  });
  afterEach(() => at.stop());

  const queries = () => standIn.received.map(({ url }) => new URLSearchParams(url.slice(2)));
  return {
    at,
    db: () => ledger.db,
    publisher: () => standIn,
    url: () => standIn.url + path,
    queries,
    statuses: () => queries().map((query) => query.get('s')),
    states: async (filter = {}) => (await at.told(filter)).map(({ state }) => state),
    send: (changes = {}) => at.worker(changes).settled(),
  };
}
