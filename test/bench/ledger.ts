/** `npm run bench -- ledger`: events a second into the ledger, in batches of 500, each a sale of its own with a publisher and a payout. */
import { bookInput } from '../../services/ledger/publishers/book.ts';
import { importBook } from '../../services/ledger/publishers/bookImport.ts';
import { createIntake } from '../../services/ledger/intake.ts';
import { sampleBook } from '../../services/ledger/sample.ts';
import { anEvent } from '../support/events.ts';
import { engines, startTestLedger } from '../support/ledger.ts';
import { missingPostgres } from '../support/postgres.ts';

const batch = 500;
const settings = { repeatWindow: () => 3_600_000, paysUnverified: () => false };
/** Events a second that are wanted of each. */
const wanted = { PGlite: 1_000, PostgreSQL: 5_000 };

const messages = (from: number) =>
  Array.from({ length: batch }, (_, i) =>
    JSON.stringify(
      anEvent({
        conversionId: `${from + i}`,
        publisherRef: 'MKK-home',
        status: 'approved',
        commission: { amount: '2.975', currency: 'USD' },
      }),
    ),
  );

export async function benchLedger(batches = 20): Promise<void> {
  for (const engine of engines) {
    if (engine === 'PostgreSQL' && missingPostgres) {
      console.log(`ledger on ${engine}: ${missingPostgres}`);
      continue;
    }
    const ledger = await startTestLedger(engine);
    await ledger.db
      .transaction()
      .execute((trx) => importBook(trx, bookInput.parse(sampleBook), { who: 'bench', now: new Date() }));
    const intake = createIntake(ledger.db, settings);
    const all = Array.from({ length: batches + 2 }, (_, i) => messages(i * batch));
    for (const warm of all.splice(0, 2)) await intake.take('conversions', warm);
    const times: number[] = [];
    for (const data of all) {
      const start = performance.now();
      await intake.take('conversions', data);
      times.push(performance.now() - start);
    }
    const median = times.sort((a, b) => a - b)[Math.floor(times.length / 2)]!;
    const rate = Math.round((batch / median) * 1000);
    const told = rate >= wanted[engine] ? 'met' : 'MISSED';
    console.log(`ledger on ${engine}: ${rate} events/s (median of ${batches} batches of ${batch}); wanted ${wanted[engine]}: ${told}`); // prettier-ignore
    await ledger.close();
  }
}
