import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { readBookCsv } from '../../../services/cli/ledger/book/readBook.ts';
import { writeBookCsv } from '../../../services/cli/ledger/book/writeBook.ts';
import type { WholeBook } from '../../../services/ledger/publishers/book.ts';
import { operate } from '../../../services/ledger/operations.ts';
import type { Moved } from '../../../services/ledger/plan.ts';
import { record } from '../../../services/ledger/record.ts';
import { sampleBook } from '../../../services/ledger/sample.ts';
import { anEvent } from '../../support/events.ts';
import { engines, startTestLedger, type TestLedger } from '../../support/ledger.ts';
import { missingPostgres } from '../../support/postgres.ts';

/** Whose rules are asked first does not matter: none of two that tie is let in. */
const sorted = ({ rules, ...rest }: WholeBook) => ({ ...rest, rules: rules.map((rule) => JSON.stringify(Object.entries(rule).sort())).sort() }); // prettier-ignore
const settings = { repeatWindow: () => 3_600_000, paysUnverified: () => false };
const strange =
  'publisher,name,kind,value\nodd,"=HYPERLINK(""x"")",exact,0012\nodd,,exact,2026-01-02\nodd,,exact,"\'\'quoted"\n';

describe.each(engines)('on %s', (engine) => {
  describe.skipIf(engine === 'PostgreSQL' && missingPostgres)('a table of publishers', () => {
    let ledger: TestLedger;
    beforeAll(async () => (ledger = await startTestLedger(engine)));
    afterAll(() => ledger?.close());
    beforeEach(async () => {
      await ledger.reset();
      await ask('import', { book: sampleBook });
    });
    const ask = async <T = unknown>(name: string, args: unknown = {}) =>
      (await operate({ partners: [], liveSecrets: () => () => [], settings, who: 'ann', db: ledger.db, now: new Date('2026-12-05') }, name, args)) as T; // prettier-ignore
    const load = (text: string, plan = false) => ask<Moved>('import', { book: readBookCsv(text, 'p.csv').book, plan }); // prettier-ignore
    const save = async (semicolons = false) => writeBookCsv(await ask<WholeBook>('export'), semicolons);
    const audits = async () => (await ledger.db.selectFrom('audit').select('seq').execute()).length;

    it.each([false, true])(
      'says nothing new where it is what was exported (semicolons: %s), and fills an empty ledger',
      async (semicolons) => {
        await load(strange);
        await ask('publisher-set', { id: 'mkk', payIn: 'USD', contacts: { email: 'a@x.com' } });
        await ask('payout-set', { rule: { publisher: 'mkk', partner: 'acme', offer: '007', kind: 'percent', rate: '2.75', cap: '5', currency: 'usd', holdDays: 30, since: '2026-10-01' } }); // prettier-ignore
        await ask('payout-set', { rule: { publisher: 'mkk', partner: 'acme', offer: '007', kind: 'percent', rate: '3', since: '2026-11-01' } }); // prettier-ignore
        await ask('postback-set', { publisher: 'mkk', url: 'https://p.example/{clickId}', method: 'POST', body: { a: '{payout}' }, sign: true, tests: true }); // prettier-ignore
        const book = await ask<WholeBook>('export');
        const text = await save(semicolons);
        const before = await audits();
        expect(await load(text)).toEqual({ done: true, moves: [], changes: [] });
        expect(await audits()).toBe(before);
        await ledger.reset();
        await load(text);
        expect(sorted(await ask('export'))).toEqual(sorted(book));
      },
    );

    it('can be opened by Excel: marked as UTF-8, Windows line ends, no formula, nothing that it would rewrite', async () => {
      await load(strange);
      const text = await save();
      expect(text.startsWith('\ufeff')).toBe(true);
      expect(text.replaceAll('\r\n', '')).not.toContain('\n');
      for (const said of [`"'=HYPERLINK(""x"")"`, ",'0012,", ",'2026-01-02,", ",''quoted,"])
        expect(text).toContain(said);
    });

    it('is shown before it is done: what changes, and what it moves', async () => {
      await record(ledger.db, [anEvent({ publisherRef: 'NEW-1', commission: { amount: '10', currency: 'USD' } })], settings); // prettier-ignore
      const text =
        'publisher;name;kind;value;rate\r\nnew;Neu;prefix;NEW;\r\nmkk;MKK Ltd;;;\r\n*;;share;;80,5\r\n';
      const planned = await load(text, true);
      expect(planned).toMatchObject({
        done: false,
        changes: [
          { subject: 'new', what: 'publisher added', to: 'Neu' },
          { subject: 'mkk', what: 'publisher changed', from: 'name: MKK', to: 'name: MKK Ltd' },
          { subject: 'new', what: 'rule added', to: 'prefix NEW' },
          {
            subject: 'everybody',
            what: 'payout rule replaced',
            from: 'kind share, rate 90',
            to: 'kind share, rate 80.5',
          },
        ],
        moves: [{ from: 'house', to: 'new', conversions: 1, before: [], after: ['USD 8.05'] }],
      });
      expect((await ask<WholeBook>('export')).publishers).toHaveLength(8);
      expect(await load(text)).toEqual({ ...planned, done: true });
      expect(await load(text)).toEqual({ done: true, moves: [], changes: [] });
    });

    it('brings a version that ends the one before, and says nothing new the second time', async () => {
      const text = 'publisher,kind,rate,since\nmkk,share,70,\nmkk,share,60,2026-11-01\n';
      await load(text);
      expect(await ask('payout-rules', { publisher: 'mkk' })).toMatchObject([{}, { until: '2026-10-31' }, { since: '2026-11-01', until: null }]); // prettier-ignore
      expect((await load(text)).changes).toEqual([]);
    });

    it('keeps the secrets of a postback that is there, and asks for those of one that is not', async () => {
      const { secret } = await ask<{ secret: string }>('postback-set', { publisher: 'mkk', url: 'https://p.example/?token=s3cret&c={clickId}', method: 'POST', sign: true }); // prettier-ignore
      const text = await save();
      for (const hidden of ['s3cret', secret]) expect(text).not.toContain(hidden);
      expect(text).toContain('not in this file');
      expect((await load(text.replace('POST,', 'POST,approved=1'))).changes).toMatchObject([{ what: 'postback changed' }]); // prettier-ignore
      const row = await ledger.db.selectFrom('postbacks').selectAll().executeTakeFirstOrThrow();
      expect(row.settings).toContain('token=s3cret');
      expect(row.secrets).toContain(secret);
      await ledger.reset();
      await expect(load(text)).rejects.toThrow('url: it says *** where a secret was');
    });

    it.each<[string, string, string]>([
      [
        'a publisher that is none',
        'publisher,kind,value\nnone,exact,x\n',
        'rules.0: there is no publisher "none"',
      ],
      [
        'two rules that tie',
        'publisher,kind,value\ncary,prefix,MKK\n',
        'rules.0: rule 1 of mkk claims the same',
      ],
      [
        'a macro that is none',
        'publisher,postback_url\nmkk,https://p.example/{clickid}\n',
        'unknown macro {clickid}, did you mean',
      ],
      ['more than all', 'publisher,kind,rate\nmkk,share,101\n', 'at most 100 per cent'],
    ])('refuses %s, and writes nothing', async (_, text, why) => {
      const before = await audits();
      await expect(load(text)).rejects.toThrow(why);
      expect(await audits()).toBe(before);
    });
  });
});

describe('a cell', () => {
  const read = (text: string, days?: 'dmy' | 'mdy') => readBookCsv(text, 'p.csv', days).book;
  const since = (day: string, days?: 'dmy' | 'mdy') =>
    (read(`publisher,kind,value,since\nmkk,exact,x,${day}\n`, days) as { rules: { since: string }[] })
      .rules[0]!.since;

  it.each([['2026-11-24'], ["'2026-11-24"], ['2026/11/24'], ['24.11.2026'], ['24/11/2026'], ['11/24/2026']])(
    'with a day may read %s',
    (written) => expect(since(written)).toBe('2026-11-24'),
  );

  it('with a day that may be two is read as it is said, or not at all', () => {
    expect(() => since('03/04/2026')).toThrow(
      'p.csv:2:D since: "03/04/2026" may be the 03th or the 04th: say --days dmy or --days mdy',
    );
    expect([since('03/04/2026', 'dmy'), since('03/04/2026', 'mdy')]).toEqual(['2026-04-03', '2026-03-04']);
  });

  it.each<[string, string, string]>([
    ['an unknown heading', 'publisher,nam\nmkk,x\n', 'p.csv:1:B "nam" is no column'],
    ['a heading twice', 'publisher,name,name\n', 'p.csv:1:C "name" comes twice'],
    ['what stands under no heading', 'publisher,name\nmkk,x,y\n', 'p.csv:2:C stands under no heading'],
    ['no publisher', 'publisher,name\n,x\n', 'p.csv:2:A publisher: say whose row it is'],
    ['a kind that is none', 'publisher,kind\nmkk,exactly\n', 'p.csv:2:B kind: is one of exact'],
    [
      'what is for another kind',
      'publisher,kind,value,rate\nmkk,exact,x,5\n',
      'p.csv:2:D rate: is not for a rule of kind exact',
    ],
    ['a rule without a kind', 'publisher,kind,value\nmkk,,x\n', 'p.csv:2:C value: say the kind of the rule'],
    [
      'a number that may be two',
      'publisher;kind;rate\nmkk;share;2.500\n',
      'p.csv:2:C rate: "2.500" may be 2500 or 2.500',
    ],
    ['no day', 'publisher,kind,value,since\nmkk,exact,x,soon\n', 'p.csv:2:D since: "soon" is no day'],
    [
      'a day that is not in the calendar',
      'publisher,kind,value,since\nmkk,exact,x,2026-02-30\n',
      'is no day',
    ],
    [
      'a secret',
      'publisher,postback_secret\nmkk,whsec_x\n',
      'p.csv:2:B postback_secret: a secret is made by',
    ],
    ['an open quote, at its line', 'publisher,name\nmkk,"x\n', 'p.csv:'],
    ['what is not UTF-8', 'publisher,name\nmkk,M\ufffdller\n', 'save it as "CSV UTF-8"'],
    ['two things at once', 'publisher,kind,rate\nmkk,x,\n,share,5\n', 'p.csv:3:A publisher'],
  ])('is refused with its place: %s', (_, text, why) => expect(() => read(text)).toThrow(why));

  it('may hold line ends; the next row is still found', () =>
    expect(() => read('publisher,name,kind\nmkk,"a\nb\nc",\ncary,x,none\n')).toThrow('p.csv:5:C kind'));

  it('is read from tabs and after sep=, too', () => {
    const book = { publishers: [{ id: 'mkk', name: 'M' }] };
    expect(read('publisher\tname\r\nmkk\tM\r\n\r\n')).toMatchObject(book);
    expect(read('sep=;\r\npublisher;name\r\nmkk;M\r\n;\r\n')).toMatchObject(book);
  });
});
