import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { operate } from '../../services/ledger/operations.ts';
import type { Moved } from '../../services/ledger/plan.ts';
import { record } from '../../services/ledger/record.ts';
import { sampleBook } from '../../services/ledger/sample.ts';
import { anEvent } from '../support/events.ts';
import { engines, startTestLedger, type TestLedger } from '../support/ledger.ts';
import { missingPostgres } from '../support/postgres.ts';

const about = {
  partners: [],
  liveSecrets: () => () => [],
  settings: { repeatWindow: () => 3_600_000, paysUnverified: () => false },
  who: 'ann',
};

describe.each(engines)('on %s', (engine) => {
  describe.skipIf(engine === 'PostgreSQL' && missingPostgres)('the ledger', () => {
    let ledger: TestLedger;
    beforeAll(async () => (ledger = await startTestLedger(engine)));
    afterAll(() => ledger?.close());
    beforeEach(async () => {
      await ledger.reset();
      await ask('import', { book: sampleBook });
    });

    const now = new Date('2026-12-05T00:00:00Z');
    const ask = async <T = unknown>(name: string, args: unknown = {}) =>
      (await operate({ ...about, db: ledger.db, now }, name, args)) as T;
    const sale = (id: string, changes: Parameters<typeof anEvent>[0] = {}) =>
      anEvent({
        conversionId: id,
        status: 'approved',
        publisherRef: 'MKK-home',
        commission: { amount: '2.975', currency: 'USD' },
        occurredAt: '2026-11-20T00:00:00.000Z',
        ...changes,
      });
    const tell = (...events: ReturnType<typeof anEvent>[]) => record(ledger.db, events, about.settings);
    const owed = async (id: string) =>
      (await ask<{ id: string; owed: string[] }[]>('publisher-list')).find((each) => each.id === id)!.owed;
    const close = (month: string) =>
      ask<{ currency: string; total: string; lines: number }[]>('payout-close', { publisher: 'mkk', month });

    it('shows whose conversions are, and what they are owed', async () => {
      await tell(
        sale('1'),
        sale('2', { commission: { amount: '100', currency: 'JPY' } }),
        sale('3', { status: 'pending' }),
      );
      expect(await owed('mkk')).toEqual(['JPY 90', 'USD 2.67']);
      expect(await owed('cary')).toEqual([]);
    });

    it('tells what a rule would move before it moves it, and writes who did', async () => {
      await tell(sale('1'), sale('2', { publisherRef: 'other' }));
      const rule = { publisher: 'cary', kind: 'exact', value: 'MKK-home' };
      const moves = [{ from: 'mkk', to: 'cary', conversions: 1, before: ['USD 2.67'], after: ['USD 2.67'] }];
      expect(await ask('rule-add', { rule, plan: true })).toEqual({ done: false, moves });
      expect([await owed('mkk'), await owed('cary')]).toEqual([['USD 2.67'], []]);
      expect(await ask('rule-add', { rule })).toEqual({ done: true, moves });
      expect([await owed('mkk'), await owed('cary')]).toEqual([[], ['USD 2.67']]);
      const shown = await ask<{ rules: { id: number }[]; audit: object[] }>('publisher-show', { id: 'cary' });
      expect(shown.audit[0]).toMatchObject({ who: 'ann', what: 'rule added' });
      expect(await ask('rule-remove', { id: shown.rules.at(-1)!.id })).toMatchObject({ moves: [{ from: 'cary', to: 'mkk' }] }); // prettier-ignore
    });

    it('reckons sales by the version of the payout rule that counts on their day', async () => {
      await tell(sale('1', { occurredAt: '2026-10-31T23:59:59.000Z' }), sale('2'));
      const rule = { publisher: 'mkk', kind: 'share', rate: '80', since: '2026-11-01' };
      const moved = await ask<Moved>('payout-set', { rule, plan: true });
      expect(moved.moves).toEqual([
        { from: 'mkk', to: 'mkk', conversions: 1, before: ['USD 2.67'], after: ['USD 2.38'] },
      ]);
      await ask('payout-set', { rule });
      await ask('payout-set', { rule: { ...rule, rate: '50', since: '2026-11-15' } });
      expect(await owed('mkk')).toEqual(['USD 4.15']); // 2.67 in October, 1.48 since the 15th
    });

    it('settles a month once; afterwards there are only adjustments, and settled rows never move', async () => {
      await tell(sale('1'), sale('2'), sale('3', { occurredAt: '2026-12-01T00:00:00.000Z' }));
      expect(await close('2026-11')).toMatchObject([{ currency: 'USD', total: '5.34', lines: 2 }]);
      await expect(close('2026-11')).rejects.toThrow('is closed');
      await expect(close('2026-10')).rejects.toThrow('is closed');
      await expect(close('2026-12')).rejects.toThrow('2026-12 is not over');
      expect(await owed('mkk')).toEqual(['USD 2.67']);
      const rule = { publisher: 'cary', kind: 'exact', value: 'MKK-home' };
      expect(await ask('rule-add', { rule })).toMatchObject({ moves: [{ conversions: 1 }] });
      expect([await owed('mkk'), await owed('cary')]).toEqual([[], ['USD 2.67']]);

      await tell(sale('1', { status: 'reversed', receivedAt: '2026-12-02T00:00:00.000Z' }));
      await tell(
        sale('2', { commission: { amount: '4', currency: 'USD' }, receivedAt: '2026-12-02T00:00:00.000Z' }),
      );
      expect(await owed('mkk')).toEqual(['USD -1.74']);
      const later = new Date('2027-01-02T00:00:00Z');
      const december = await operate({ ...about, db: ledger.db, now: later }, 'payout-close', { publisher: 'mkk', month: '2026-12' }); // prettier-ignore
      expect(december).toMatchObject([{ total: '-1.74', lines: 2 }]);
      expect(await owed('mkk')).toEqual([]);
      const { lines } = await ask<{ lines: object[] }>('payout-show', { publisher: 'mkk', month: '2026-12' });
      expect(lines).toMatchObject([
        { conversion: '1', amount: '-2.67', reason: 'adjusted' },
        { conversion: '2', amount: '0.93', reason: 'adjusted' },
      ]);
      expect(JSON.stringify(lines)).not.toContain('commission');
    });

    it('leaves settled what is undecided again, until it is decided', async () => {
      await tell(sale('1'));
      await close('2026-11');
      await tell(sale('1', { status: 'on_hold', receivedAt: '2026-12-02T00:00:00.000Z' }));
      const later = new Date('2027-01-02T00:00:00Z');
      const december = await operate({ ...about, db: ledger.db, now: later }, 'payout-close', { publisher: 'mkk', month: '2026-12' }); // prettier-ignore
      expect(december).toEqual([]);
    });

    it('exports what an import writes again without a change', async () => {
      const book = await ask('export');
      await ledger.reset();
      await ask('import', { book });
      expect(await ask('export')).toEqual(book);
      const audits = async () => (await ledger.db.selectFrom('audit').selectAll().execute()).length;
      const before = await audits();
      await ask('import', { book: { rules: (book as { rules: object[] }).rules } });
      expect(await audits()).toBe(before);
    });

    it('makes an API key that only its hash is kept of', async () => {
      const key = await ask<string>('key-add', { publisher: 'mkk', name: 'daily' });
      expect(key).toMatch(/^ls_[\w-]{32}$/);
      expect(JSON.stringify(await ledger.db.selectFrom('api_keys').selectAll().execute())).not.toContain(
        key.slice(3),
      );
    });

    it('revokes a key by its name, which then may be given again', async () => {
      const daily = { publisher: 'mkk', name: 'daily' };
      await ask('key-add', daily);
      await expect(ask('key-add', daily)).rejects.toThrow('has a key "daily" already');
      await ask('key-revoke', daily);
      await expect(ask('key-revoke', daily)).rejects.toThrow('has no key "daily" in force');
      await ask('key-add', daily);
      const keys = await ask<{ revoked_at: Date | null }[]>('key-list', { publisher: 'mkk' });
      expect(keys.map(({ revoked_at }) => revoked_at === null)).toEqual([false, true]);
      expect(Object.keys(keys[0]!)).not.toContain('hash');
    });

    it('keeps contacts that are not named, and writes nothing where nothing is another', async () => {
      const contactsOf = async () =>
        (await ask<{ contacts: object }>('publisher-show', { id: 'mkk' })).contacts;
      await ask('publisher-set', { id: 'mkk', contacts: { email: 'a@x.com', skype: 'a' } });
      await ask('publisher-set', { id: 'mkk', contacts: { skype: '' } });
      expect(await contactsOf()).toEqual({ email: 'a@x.com' });
      const audits = async () => (await ledger.db.selectFrom('audit').selectAll().execute()).length;
      const before = await audits();
      await ask('publisher-set', {
        id: 'mkk',
        name: 'MKK',
        status: 'active',
        contacts: { email: 'a@x.com' },
      });
      expect(await audits()).toBe(before);
    });

    it('takes a payout rule out of use, and leaves what is settled by it', async () => {
      await tell(sale('1', { occurredAt: '2026-10-20T00:00:00.000Z' }), sale('2'));
      await close('2026-10');
      const [{ number } = { number: 0 }] = await ask<{ number: number }[]>('payout-rules');
      const { moves } = await ask<Moved>('payout-unset', { id: number });
      expect(moves).toEqual([{ from: 'mkk', to: 'mkk', conversions: 1, before: ['USD 2.67'], after: [] }]);
      await tell(sale('1', { occurredAt: '2026-10-20T00:00:00.000Z', orderId: 'o', receivedAt: '2026-12-01T00:00:00.000Z' })); // prettier-ignore
      expect(await close('2026-11')).toEqual([]);
      await expect(ask('payout-unset', { id: number })).rejects.toThrow(`there is no payout rule ${number}`);
    });

    it('shows what closing would settle, and the margin, before it is closed', async () => {
      await tell(sale('1'), sale('2', { commission: { amount: '100', currency: 'JPY' } }));
      const planned = await ask('payout-close', { publisher: 'mkk', month: '2026-11', plan: true });
      expect(planned).toMatchObject([
        { currency: 'JPY', total: '90', commission: ['JPY 100'], margin: ['JPY 10'] },
        { currency: 'USD', total: '2.67', commission: ['USD 2.975'], margin: ['USD 0.305'] },
      ]);
      expect(await ask('payout-list')).toEqual([]);
      expect(await close('2026-11')).toHaveLength(2);
    });

    it.each<[string, string, object, string]>([
      ['an operation that is none', 'toString', {}, 'there is no operation "toString"'],
      [
        'a publisher twice',
        'publisher-add',
        { id: 'mkk', name: 'MKK' },
        'there is a publisher "mkk" already',
      ],
      [
        'a publisher that is none',
        'publisher-set',
        { id: 'none', name: 'x' },
        'there is no publisher "none"',
      ],
      ['a wrong id', 'publisher-add', { id: 'M K', name: 'x' }, 'id: an id is a-z, 0-9 and -'],
      ['a rule of nobody', 'rule-add', { rule: { publisher: 'none', kind: 'exact', value: 'x' } }, 'there is no publisher "none"'], // prettier-ignore
      ['a pattern that claims all', 'rule-add', { rule: { publisher: 'mkk', kind: 'pattern', value: '**' } }, 'would claim all'], // prettier-ignore
      ['days in the wrong order', 'rule-add', { rule: { publisher: 'mkk', kind: 'exact', value: 'x', since: '2026-02-01', until: '2026-01-01' } }, 'ends before it begins'], // prettier-ignore
      ['a rule that is gone', 'rule-remove', { id: 999 }, 'there is no rule 999'],
      ['a share without a rate', 'payout-set', { rule: { kind: 'share' } }, 'share and percent have a rate'],
      ['more than all', 'payout-set', { rule: { kind: 'share', rate: '101' } }, 'at most 100 per cent'],
      [
        'a fixed amount in no currency',
        'payout-set',
        { rule: { kind: 'fixed', fixed: '1' } },
        'needs its currency',
      ],
      ['a month that is none', 'payout-close', { publisher: 'mkk', month: '2026-13' }, 'is no month'],
      ['a statement that is none', 'payout-show', { publisher: 'mkk', month: '2026-01' }, 'is not closed'],
    ])('refuses %s, and writes nothing', async (_, name, args, why) => {
      const count = async () => (await ledger.db.selectFrom('audit').selectAll().execute()).length;
      const before = await count();
      await expect(ask(name, args)).rejects.toThrow(why);
      expect(await count()).toBe(before);
    });
  });
});
