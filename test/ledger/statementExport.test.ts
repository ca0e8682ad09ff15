import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { statementCsv, writeStatementExcel } from '../../services/cli/ledger/statementExport.ts';
import { operate } from '../../services/ledger/operations.ts';
import type { StatementLine } from '../../services/ledger/queries/statementLines.ts';
import type { StatementSums } from '../../services/ledger/queries/statements.ts';
import { record } from '../../services/ledger/record.ts';
import { readXlsx } from '../linkshare/xlsx.ts';
import { anEvent } from '../support/events.ts';
import { emptyFolder } from '../support/folder.ts';
import { engines, startTestLedger, type TestLedger } from '../support/ledger.ts';
import { missingPostgres } from '../support/postgres.ts';

const settings = { repeatWindow: () => 3_600_000, paysUnverified: () => false };

describe.each(engines)('on %s', (engine) => {
  describe.skipIf(engine === 'PostgreSQL' && missingPostgres)('a closed month', () => {
    let ledger: TestLedger;
    afterAll(() => ledger?.close());
    beforeAll(async () => {
      ledger = await startTestLedger(engine);
      const publishers = [{ id: 'mkk', name: 'MKK', payIn: 'USD' }];
      const rules = [{ publisher: 'mkk', kind: 'prefix', value: 'MKK' }];
      await ask('import', { book: { publishers, rules, payouts: [{ kind: 'share', rate: '90' }] } });
      await ask('rate-set', {
        rates: [{ from: 'USD', to: 'IDR', day: '2026-11-24', rate: '16250', source: 'bank' }],
      });
      const sale = (n: number, currency: string, amount: string) =>
        anEvent({ conversionId: `=${n}`, publisherRef: 'MKK-home', orderId: 'o', commission: { amount, currency }, saleAmount: { amount: '99.5', currency } }); // prettier-ignore
      await record(ledger.db, [1, 2, 3].map((n) => sale(n, 'USD', '2.975')), settings); // prettier-ignore
      await record(ledger.db, [sale(4, 'IDR', '50001')], settings);
      await ask('payout-close', { publisher: 'mkk', month: '2026-11' });
    });
    const ask = async <T = unknown>(name: string, args: object) =>
      (await operate({ partners: [], liveSecrets: () => () => [], settings, who: 'ann', db: ledger.db, now: new Date('2026-12-05') }, name, args)) as T; // prettier-ignore

    async function* pages(internal: boolean): AsyncGenerator<StatementLine[]> {
      for (let after: object | undefined; ;) {
        const page = await ask<StatementLine[]>('payout-lines', { publisher: 'mkk', month: '2026-11', internal, after, limit: 3 }); // prettier-ignore
        if (page.length === 0) return;
        yield page;
        const { statement, key } = page.at(-1)!;
        after = { statement, key };
      }
    }
    const exported = async (internal: boolean) => ({ statements: await ask<StatementSums[]>('payout-list', { publisher: 'mkk' }), pages: pages(internal), internal }); // prettier-ignore
    const csv = async (internal: boolean) =>
      (await Array.fromAsync(statementCsv(await exported(internal)))).join('');

    it('goes to the publisher page by page, with nothing that says what we earn', async () => {
      const text = await csv(false);
      expect(text.split('\r\n')).toHaveLength(6);
      expect(text).toContain("2026-11-24 12:00:00,acme,'=1,,o,,MKK-home,,approved,99.5,USD,earned,2.67,USD,,,\r\n".replace('2026-11-24 12:00:00', '')); // prettier-ignore
      expect(text).toContain('earned,2.76,USD,USD→IDR 16250,2026-11-24,bank');
      expect(text).not.toMatch(/commission|margin|2\.975|50001/i);
    });

    it('says to ourselves the commission, what the payout costs of it, and the margin', async () => {
      const text = await csv(true);
      expect(text).toContain('2.67,USD,,,,2.975,2.67,0.305,USD\r\n');
      expect(text).toContain('2.76,USD,USD→IDR 16250,2026-11-24,bank,50001,44850,5151,IDR\r\n');
    });

    it.each([false, true])(
      'is an Excel file of its lines and their sums (internal: %s)',
      async (internal) => {
        const file = join(emptyFolder(), 'mkk.xlsx');
        await writeStatementExcel(file, await exported(internal));
        const sheets = readXlsx(file);
        expect(sheets.map(({ name, rows }) => [name, rows.length])).toEqual([['Lines', 5], ['Summary', 2]]); // prettier-ignore
        expect(sheets[1]!.rows[1]!.slice(0, 5)).toEqual(['mkk', '2026-11', 'USD', 10.77, 4]);
        expect(JSON.stringify(sheets).includes('argin')).toBe(internal);
        expect(readFileSync(file).subarray(0, 2).toString()).toBe('PK');
      },
    );
  });
});
