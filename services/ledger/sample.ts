import { bookInput, type Book } from './publishers/book.ts';
import { importBook } from './publishers/bookImport.ts';
import type { Ledger } from './tables.ts';

/** Publishers that a first run begins with, so that it shows who earned what; what they are paid is the field's usual. */
export const sampleBook: Book = {
  publishers: [
    { id: 'mkk', name: 'MKK' },
    { id: 'deepleaper', name: 'Deepleaper' },
    { id: 'cary', name: 'Cary' },
    { id: 'garalex', name: 'Garalex' },
    { id: 'influx', name: 'Influx' },
    { id: 'pandas', name: 'Pandas' },
    { id: 'flyrunads', name: 'FlyRunAds' },
    { id: 'tecdo', name: 'Tecdo' },
  ],
  rules: [
    { publisher: 'mkk', kind: 'prefix', value: 'MKK' },
    ...['OPPO', 'VIVO', 'OEM2', 'OEM3'].map((value) => ({
      publisher: 'deepleaper',
      kind: 'prefix' as const,
      value,
    })),
    ...['CARY', 'GARALEX', 'INFLUX', 'PANDAS', 'FLYRUNADS', 'TECDO'].map((value) => ({
      publisher: value.toLowerCase(),
      kind: 'prefix' as const,
      value,
    })),
  ],
  payouts: [{ kind: 'share', rate: '90' }],
};

/** Writes the sample into a ledger that has no publisher and never had one. */
export async function writeSample(db: Ledger): Promise<void> {
  await db.transaction().execute(async (trx) => {
    const before = await trx.selectFrom('audit').select('seq').limit(1).executeTakeFirst();
    if (!before) await importBook(trx, bookInput.parse(sampleBook), { who: 'first start', now: new Date() });
  });
}
