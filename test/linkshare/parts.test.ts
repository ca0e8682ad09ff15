import fc from 'fast-check';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { emptyFolder } from '../support/folder.ts';
import { addAmounts } from '../../services/contract/amount.ts';
import { atRate, compareAmounts, readMoney, times } from '../../services/linkshare/amounts.ts';
import { csvLines } from '../../services/linkshare/csv.ts';
import { beginSheet } from '../../services/linkshare/excel/sheet.ts';
import { createWorkbook } from '../../services/linkshare/excel/workbook.ts';
import { idOf } from '../../services/linkshare/ids.ts';
import { parseJson } from '../../services/linkshare/json.ts';
import { dayOf, readPeriod } from '../../services/linkshare/period.ts';
import { readRegion, readZone, regions } from '../../services/linkshare/regions.ts';
import { IdSet } from '../../services/linkshare/report/idSet.ts';
import { fileName } from '../../services/linkshare/report/publisherSinks.ts';
import { Adder } from '../../services/linkshare/report/sums.ts';
import { statusOf } from '../../services/linkshare/statuses.ts';
import { writeFileBy } from '../../services/runtime/wholeFile.ts';
import { readXlsx } from './xlsx.ts';

const decimal = fc.record({ units: fc.bigInt({ min: -(10n ** 15n), max: 10n ** 15n }), decimals: fc.integer({ min: 0, max: 4 }) }); // prettier-ignore

/** So many units of the last decimal, as text. */
function written(units: bigint, decimals: number): string {
  const digits = (units < 0n ? -units : units).toString().padStart(decimals + 1, '0');
  const [whole, fraction] = [
    digits.slice(0, digits.length - decimals),
    digits.slice(digits.length - decimals),
  ];
  return `${units < 0n ? '-' : ''}${whole}${decimals > 0 ? `.${fraction}` : ''}`;
}

describe('ids and numbers', () => {
  it('of 19 digits lose none, as text or number', () => {
    const parsed = parseJson(
      '{"a":7362840009596339923,"b":"7362840009596339923","c":[12,-7],"d":0.1,"e":"1,2345678901234567","f":1e3}',
    );
    expect(parsed).toEqual({ a: '7362840009596339923', b: '7362840009596339923', c: [12, -7], d: '0.1', e: '1,2345678901234567', f: '1e3' }); // prettier-ignore
    expect(idOf((parsed as { a: unknown }).a)).toBe('7362840009596339923');
    expect([idOf(0), idOf(''), idOf(null), idOf(12)]).toEqual([undefined, undefined, undefined, '12']);
  });

  it('are in a set exactly when they were added', () => {
    fc.assert(
      fc.property(
        fc.array(
          fc.oneof(
            fc.bigInt({ min: 0n, max: 2n ** 64n }).map(String),
            fc.string(),
            fc.integer({ min: 1, max: 50 }).map(String),
          ),
          { maxLength: 3000 },
        ),
        (ids) => {
          const [ours, known] = [new IdSet(), new Set<string>()];
          for (const id of ids) {
            expect(ours.add(id)).toBe(!known.has(id));
            known.add(id);
          }
          expect(ours.size).toBe(known.size);
        },
      ),
      { numRuns: 30 },
    );
  });
});

describe('amounts', () => {
  it.each([
    ['Rp9.900', 'IDR', '9900'],
    ['Rp1.00', 'IDR', '1'],
    ['₫1.234.567', 'VND', '1234567'],
    ['$1,234.50', 'USD', '1234.5'],
    ['100', 'USD', '100'],
    ['12.44', 'USD', '12.44'],
    ['฿1,234.50', 'THB', '1234.5'],
    ['-Rp500', 'IDR', '-500'],
    ['0', 'IDR', '0'],
  ])('%s of %s is %s', (amount, currency, value) => {
    expect(readMoney({ amount, currency })).toEqual({ ok: true, value: { amount: value, currency } });
  });

  it.each([
    ['1.234', 'USD', 'may be thousands or decimals'],
    ['Rp9.900', 'USD', 'mark'],
    ['9900', 'IRD', 'not an ISO 4217 currency'],
    ['', 'IDR', 'not an amount'],
    ['free', 'IDR', 'not an amount'],
  ])('%s of %s is not read: %s', (amount, currency, why) => {
    expect(readMoney({ amount, currency })).toMatchObject({ ok: false, why: expect.stringContaining(why) });
  });

  it('are multiplied and compared exactly', () => {
    expect(times('9900.55', 3)).toBe('29701.65');
    expect(atRate('12.00'.replace(/0+$/, '0'), 1500)).toBe('1.8');
    expect(atRate('0.01', 1)).toBe('0.000001');
    expect(compareAmounts('1.10', '1.1')).toBe(0);
    expect(compareAmounts('-2', '1')).toBe(-1);
  });

  it('add up as integers of the smallest unit do, in any order', () => {
    fc.assert(
      fc.property(fc.array(decimal, { minLength: 1, maxLength: 40 }), (all) => {
        const adder = new Adder();
        for (const { units, decimals } of all)
          adder.add({ ...line, amount: { amount: written(units, decimals), currency: 'USD' } });
        const sum = all.reduce(
          (total, { units, decimals }) => total + units * 10n ** BigInt(4 - decimals),
          0n,
        );
        expect(adder.totals().currencies[0]!.amount).toBe(addAmounts(written(sum, 4), '0'));
      }),
    );
  });
});

const line = {
  ...{
    orderId: '1',
    lineId: '1',
    createdAt: '2026-10-01T00:00:00.000Z',
    status: 'SETTLED',
    productId: '1',
    productName: 'x',
  },
  ...{
    shopName: '',
    quantity: 1,
    refunded: 0,
    returned: 0,
    tag: '',
    contentId: '',
    contentType: '',
    campaignId: '',
  },
};

describe('words', () => {
  it.each([
    ['To-SETTLE', 'TO_SETTLE'],
    ['to settle', 'TO_SETTLE'],
    ['AWAITING PAYMENT', 'AWAITING_PAYMENT'],
    ['Settled', 'SETTLED'],
    ['brand new', 'BRAND_NEW'],
  ])('%s is the status %s', (text, status) => expect(statusOf(text)).toBe(status));

  it('every market has a zone that exists, and UK is GB', () => {
    for (const { zone } of regions.values()) expect(readZone(zone).isValid).toBe(true);
    expect(readRegion('uk').code).toBe('GB');
  });

  it('a day is one of the market, also when its clocks change', () => {
    const berlin = readZone('Europe/Berlin');
    const { from, until } = readPeriod('2026-10-25', '2026-10-25', berlin, () => Date.UTC(2027, 0));
    expect(until - from).toBe(25 * 3600);
    expect([from, until - 1].map((at) => dayOf(new Date(at * 1000).toISOString(), berlin))).toEqual([
      '2026-10-25',
      '2026-10-25',
    ]);
    expect(dayOf(new Date(until * 1000).toISOString(), berlin)).toBe('2026-10-26');
  });

  it('a file is called by its publisher, and by nothing outside its folder', () => {
    expect(fileName('mkk')).toBe('mkk');
    for (const id of ['../../etc/passwd', 'a/b', 'a\\b', '..', 'x:y'])
      expect(fileName(id)).toMatch(/^[\w-]+$/);
    expect(fileName('a/b')).not.toBe(fileName('a:b'));
  });
});

describe('what is written', () => {
  it.each(['=1+1', '+1', '-1+2', '@x', '\t=1', '\r=1', ' =1', '＝1'])('%j runs in no spreadsheet', (cell) => {
    expect(csvLines([[cell]]).replace(/^"/, '')).toMatch(/^'/);
  });

  it('numbers stay numbers', () => expect(csvLines([['-12.5', -3, 'a']])).toBe('-12.5,-3,a\r\n'));

  it('goes on in a second sheet where one is full, and is read back as it was', async () => {
    const file = join(emptyFolder(), 'x.xlsx');
    const columns = [
      { name: 'a', title: 'A', width: 10, cell: (text: string) => ({ kind: 'text' as const, text }) },
    ];
    const texts = Array.from({ length: 25 }, (_, i) => `${i} & < "\u0000 \ud83d\ude00 \ud800`);
    await writeFileBy(file, async (write) => {
      const workbook = createWorkbook(write);
      const sheet = beginSheet(workbook, { name: 'Orders', columns, zone: readZone('UTC'), most: 11 });
      for (const text of texts) await sheet.add(text);
      await workbook.finish(await sheet.end());
    });
    const sheets = readXlsx(file);
    expect(sheets.map(({ name, rows }) => [name, rows.length])).toEqual([['Orders', 11], ['Orders 2', 11], ['Orders 3', 6]]); // prettier-ignore
    expect(sheets.flatMap(({ rows }) => rows.slice(1).flat())).toEqual(
      texts.map((text) => text.replace(/\u0000|\ud800$/g, '\ufffd')),
    );
    expect(readFileSync(file).subarray(0, 2).toString()).toBe('PK');
  });
});
